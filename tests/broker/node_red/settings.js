// Node-RED for the tests: no editor, no news from outside, and a quick second try at the broker.
module.exports = {
    uiHost: "127.0.0.1",
    uiPort: process.env.INKLING_PORT,
    httpAdminRoot: false,
    flowFile: "flow.json",
    credentialSecret: false,
    mqttReconnectTime: 300,
    telemetry: { enabled: false, updateNotification: false },
    logging: { console: { level: "info", metrics: false, audit: false } },
};
