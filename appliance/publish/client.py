"""The one adapter for paho: a connection without a thread; its callbacks do nothing but put into a queue.

paho calls back while it holds its own locks, so anything else there can dead-lock (measured: 800-1,400 events stuck).
"""

from __future__ import annotations

import ssl
from collections.abc import Callable
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions

from appliance.publish.link import Accepted, Answered, Arrived, Closed, Code, Happening, Outgoing

CONNECT_TIMEOUT_S = 5.0
"""paho waits this long for TCP; a broker in the same country answers in milliseconds."""
INFLIGHT_MAX = 64
"""More than `sender.INFLIGHT_MAX` and the birth messages together, so that paho itself never queues."""
WEBSOCKET_PATH = "/mqtt"
"""Usual path; the MQTT specification (6) fixes only the subprotocol."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where and how to connect; `password` None means no login, `tls` None plain text."""

    host: str
    port: int
    client_id: str
    version5: bool
    websockets: bool
    keepalive_s: int
    user: str
    password: str | None
    tls: ssl.SSLContext | None


class PahoLink:
    """One attempt to connect and the connection that comes of it.

    Args:
        address: where to.
        will: what the broker says for us when we vanish.

    Raises:
        OSError: nobody answers there, or TLS failed (ssl.SSLCertVerificationError: the broker is not believed).
    """

    def __init__(self, address: Address, will: Outgoing) -> None:
        self._v5 = address.version5
        self._queue: SimpleQueue[Happening] = SimpleQueue()
        self._properties: dict[int, Properties | None] = {}
        self._client = client = mqtt.Client(
            CallbackAPIVersion.VERSION2,
            client_id=address.client_id,
            clean_session=None if self._v5 else True,
            protocol=mqtt.MQTTv5 if self._v5 else mqtt.MQTTv311,
            transport="websockets" if address.websockets else "tcp",
            reconnect_on_failure=False,
        )
        client.connect_timeout = CONNECT_TIMEOUT_S
        client.max_inflight_messages_set(INFLIGHT_MAX)
        client.will_set(will.topic, will.payload, will.qos, will.retain)
        if address.password is not None:
            client.username_pw_set(address.user, address.password)
        if address.tls is not None:
            client.tls_set_context(address.tls)
        if address.websockets:
            client.ws_set_options(path=WEBSOCKET_PATH)
        put = self._queue.put
        client.on_connect = lambda _c, _u, _f, code, _p: put(Closed(code.value) if code.is_failure else Accepted())
        client.on_disconnect = lambda _c, _u, _f, code, _p: put(Closed(code.value or Code.UNSPECIFIED))
        client.on_publish = lambda _c, _u, mid, code, _p: put(Answered(mid, code.value))
        client.on_message = lambda _c, _u, message: put(_arrived(message))
        self._connect(client, address)

    def _connect(self, client: mqtt.Client, address: Address) -> None:
        try:
            start: dict[str, Any] = {"clean_start": True} if self._v5 else {}
            client.connect(address.host, address.port, address.keepalive_s, **start)
        except ssl.SSLError:  # first: a certificate that is not believed is a ValueError too
            raise
        except (ValueError, mqtt.WebsocketConnectionError) as error:
            raise OSError(str(error)) from error

    def fileno(self) -> int:
        """The socket to wait on, -1 when there is none any more."""
        sock = self._client.socket()
        return -1 if sock is None else sock.fileno()

    @property
    def wants_write(self) -> bool:
        """Whether bytes wait for room in the socket."""
        return self._client.want_write()

    def happenings(self) -> list[Happening]:
        """Move bytes both ways without waiting, and tell what happened, in order."""
        client = self._client
        steps: tuple[Callable[[], object], ...] = (client.loop_read, client.loop_write, client.loop_misc)
        for step in steps:
            if client.socket() is not None:
                step()
        told: list[Happening] = []
        while True:
            try:
                told.append(self._queue.get_nowait())
            except Empty:
                return told

    def publish(self, message: Outgoing) -> int:
        """Hand `message` over; its mid."""
        if message.expiry_s not in self._properties:
            self._properties[message.expiry_s] = self._expiring(message.expiry_s)
        properties = self._properties[message.expiry_s]
        return self._client.publish(message.topic, message.payload, message.qos, message.retain, properties).mid

    def _expiring(self, expiry_s: int) -> Properties | None:
        if not self._v5:
            return None
        properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]  # untyped in paho
        properties.ContentType = "application/json"
        if expiry_s:
            properties.MessageExpiryInterval = expiry_s
        return properties

    def subscribe(self, topic: str) -> None:
        """Ask for messages that match `topic`, QoS 1, with their retain flag as the sender set it (MQTT 5 only)."""
        if self._v5:
            self._client.subscribe(topic, options=SubscribeOptions(qos=1, retainAsPublished=True))
        else:
            self._client.subscribe(topic, qos=1)

    def close(self) -> None:
        """Say good-bye if connected, and let go of everything."""
        self._client.disconnect()
        self._client.loop_write()
        sock = self._client.socket()
        if sock is not None:
            sock.close()


def _arrived(message: mqtt.MQTTMessage) -> Arrived:
    expiry_s = getattr(message.properties, "MessageExpiryInterval", None)
    return Arrived(message.topic, bytes(message.payload), message.retain, expiry_s)
