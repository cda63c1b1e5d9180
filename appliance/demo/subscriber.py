"""The demo's own subscriber: what IT would see, read back through the broker. Its one adapter for paho."""

from __future__ import annotations

from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any, Self

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

KEEPALIVE_S = 30


@dataclass(frozen=True, slots=True)
class Heard:
    """One message as it came: topic and text."""

    topic: str
    text: str


class Subscriber:
    """Listens to every Inkling topic of a loopback broker; a context manager.

    Args:
        port: the broker's port on 127.0.0.1.
        protocol: "5" or "3.1.1".
    """

    def __init__(self, port: int, protocol: str) -> None:
        self._port = port
        self._heard: SimpleQueue[Heard] = SimpleQueue()
        version = mqtt.MQTTv5 if protocol == "5" else mqtt.MQTTv311
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="inkling-demo", protocol=version)
        self._client.on_connect = lambda client, *_: client.subscribe("inkling/v1/#", qos=1)
        self._client.on_message = self._on_message

    def __enter__(self) -> Self:
        self._client.connect("127.0.0.1", self._port, KEEPALIVE_S)
        self._client.loop_start()
        return self

    def __exit__(self, *_: object) -> None:
        self._client.disconnect()
        self._client.loop_stop()
        self._client.reinitialise()  # paho leaves its wake-up sockets to the garbage collector

    def _on_message(self, _client: object, _userdata: object, message: Any) -> None:
        self._heard.put(Heard(message.topic, message.payload.decode("utf-8", "replace")))

    def take(self) -> list[Heard]:
        """Everything heard since the last call, in order."""
        taken: list[Heard] = []
        while True:
            try:
                taken.append(self._heard.get_nowait())
            except Empty:
                return taken
