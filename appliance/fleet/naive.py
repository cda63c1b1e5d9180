"""`python -m appliance.fleet.naive FIFO PORT`: the peer of the kill matrix, plain paho QoS 1 with nothing on disk."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from select import select

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from appliance.publish import payload
from appliance.publish.door import Source, Stamp
from appliance.publish.inlet import split
from appliance.records import ExpressionRecord

TOPIC = "inkling/v1/demo-shop/ink-naive/event/counter-1"
READ_BYTES = 2400


def main(fifo: Path, port: int) -> None:
    """Publish every record at once and for ever, as most examples on the web do."""
    client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="ink-naive", protocol=mqtt.MQTTv5)
    client.connect_async("127.0.0.1", port, keepalive=10)
    client.loop_start()
    descriptor = os.open(fifo, os.O_RDWR | os.O_NONBLOCK)
    boot = os.getpid()
    seq = 0
    while True:
        select([descriptor], [], [])
        for record, _ in split(os.read(descriptor, READ_BYTES)).records:
            if isinstance(record.body, ExpressionRecord):
                seq += 1
                body = payload.event(record.body, Stamp(None, 1, Source.NONE), "00000000")
                key = f"00000000-0000-4000-8000-{boot:06x}{seq:06x}"
                message = payload.complete(body, key, "ink-naive", "counter-1", (boot, seq), late=False)
                client.publish(TOPIC, payload.encode("event", message), qos=1)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
