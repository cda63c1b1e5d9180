"""What IT runs: a subscriber with a persistent session that keeps everything it gets. Its adapter for paho."""

from __future__ import annotations

import json
from queue import Empty, SimpleQueue
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from appliance.clock import SystemClock

SESSION_S = 3600


class Consumer:
    """Subscribes to every event with QoS 1 and reconnects every second, as a good consumer does.

    Args:
        port: the broker's on 127.0.0.1.
        topic: what to subscribe to.
        name: client id of its persistent session.
    """

    def __init__(self, port: int, topic: str = "inkling/v1/+/+/event/+", name: str = "it") -> None:
        self._heard: SimpleQueue[tuple[float, str, bytes]] = SimpleQueue()
        clock = SystemClock()
        client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=name, protocol=mqtt.MQTTv5)
        client.reconnect_delay_set(1, 1)
        client.on_connect = lambda c, *_: c.subscribe(topic, qos=1)
        client.on_message = lambda _c, _u, message: self._heard.put(
            (clock.monotonic_s(), message.topic, bytes(message.payload))
        )
        self._client = client
        self._port = port

    def start(self) -> None:
        """Connect and listen, in a thread of paho."""
        properties: Any = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]  # untyped in paho
        properties.SessionExpiryInterval = SESSION_S
        self._client.connect_async("127.0.0.1", self._port, keepalive=10, clean_start=False, properties=properties)
        self._client.loop_start()

    def stop(self) -> None:
        """Disconnect; the session stays with the broker."""
        self._client.disconnect()
        self._client.loop_stop()

    def _take(self) -> list[tuple[float, str, bytes]]:
        taken: list[tuple[float, str, bytes]] = []
        while True:
            try:
                taken.append(self._heard.get_nowait())
            except Empty:
                return taken

    def take(self) -> list[tuple[str, bytes]]:
        """Topic and payload of everything heard since the last call, in order."""
        return [(topic, payload) for _, topic, payload in self._take()]

    def take_timed(self) -> list[tuple[float, bytes]]:
        """When it came (monotonic seconds) and payload of everything heard since the last call, in order."""
        return [(at_s, payload) for at_s, _, payload in self._take()]

    def events(self) -> list[dict[str, Any]]:
        """Everything heard since the last call as data."""
        return [json.loads(payload) for _, payload in self.take()]
