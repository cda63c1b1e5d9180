"""The demo's own subscriber: what IT would see, read back through the broker. Its one adapter for paho.

It has no thread of its own: paho wakes its thread over a TCP connection to itself, and a recording of the demo is to
show MQTT to the broker and nothing else.
"""

from __future__ import annotations

import select
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any, Self

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

KEEPALIVE_S = 30
READY_S = 5.0
"""A broker on this machine answers within milliseconds."""


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
        self._subscribed = False
        self._client.on_connect = lambda client, *_: client.subscribe("inkling/v1/#", qos=1)
        self._client.on_subscribe = self._on_subscribe
        self._client.on_message = self._on_message

    def __enter__(self) -> Self:
        self._client.connect("127.0.0.1", self._port, KEEPALIVE_S)
        # An event that nobody had subscribed to yet would come only with the next try.
        while not self._subscribed and self._readable(READY_S):
            self._move()
        return self

    def __exit__(self, *_: object) -> None:
        self._client.disconnect()
        self._move()
        sock = self._client.socket()
        if sock is not None:
            sock.close()

    def _on_subscribe(self, *_: object) -> None:
        self._subscribed = True

    def _readable(self, wait_s: float) -> bool:
        sock = self._client.socket()
        return sock is not None and bool(select.select([sock], [], [], wait_s)[0])

    def _move(self) -> None:
        """Take in what the broker sent and send what waits, without waiting."""
        while self._readable(0.0):
            self._client.loop_read()
        for step in (self._client.loop_write, self._client.loop_misc):
            if self._client.socket() is not None:
                step()

    def _on_message(self, _client: object, _userdata: object, message: Any) -> None:
        self._heard.put(Heard(message.topic, message.payload.decode("utf-8", "replace")))

    def take(self) -> list[Heard]:
        """Everything heard since the last call, in order."""
        self._move()
        taken: list[Heard] = []
        while True:
            try:
                taken.append(self._heard.get_nowait())
            except Empty:
                return taken
