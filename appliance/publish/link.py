"""What a connection to the broker can do and tell: the types between `client` and everything that decides."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol


class Code(IntEnum):
    """MQTT 5 reason codes this program acts on (OASIS MQTT 5.0, 2.4); 3.1.1 answers are told in the same words."""

    SUCCESS = 0x00
    NO_SUBSCRIBER = 0x10
    UNSPECIFIED = 0x80
    BAD_LOGIN = 0x86
    NOT_AUTHORISED = 0x87
    BANNED = 0x8A
    BAD_METHOD = 0x8C
    TAKEN_OVER = 0x8E


REFUSALS = frozenset({Code.BAD_LOGIN, Code.NOT_AUTHORISED, Code.BANNED, Code.BAD_METHOD, 0x84, 0x85})
"""Answers to CONNECT that trying again soon cannot change (0x84 protocol version, 0x85 client id)."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """The broker accepted the connection."""


@dataclass(frozen=True, slots=True)
class Closed:
    """The connection is over or was refused; `code` is the broker's reason, UNSPECIFIED when it gave none."""

    code: int


@dataclass(frozen=True, slots=True)
class Answered:
    """The broker answered message `mid` with `code`."""

    mid: int
    code: int


@dataclass(frozen=True, slots=True)
class Arrived:
    """A message came in; `expiry_s` is its message expiry interval, None without one."""

    topic: str
    payload: bytes
    retained: bool
    expiry_s: int | None


Happening = Accepted | Closed | Answered | Arrived


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message as it goes to the broker; `expiry_s` 0 means none."""

    topic: str
    payload: bytes
    qos: int = 1
    retain: bool = False
    expiry_s: int = 0


class Link(Protocol):
    """One connection, from the attempt to its end; a new attempt is a new link."""

    def happenings(self) -> list[Happening]:
        """Move bytes both ways without waiting, and tell what happened, in order."""
        ...

    def publish(self, message: Outgoing) -> int:
        """Hand `message` over; its mid, which `Answered` will name (QoS 0 is never answered)."""
        ...

    def subscribe(self, topic: str) -> None:
        """Ask for messages that match `topic`, QoS 1."""
        ...

    def close(self) -> None:
        """Say good-bye if connected, and let go of everything."""
        ...
