"""Everything outside the publishing process, in one place: replaced by fakes in the simulation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from appliance.clock import Clock
from appliance.publish.certificate import Certificate
from appliance.publish.inlet import Channel
from appliance.publish.link import Link
from appliance.publish.machine import Machine


@dataclass(frozen=True, slots=True)
class Around:
    """The world.

    connect begins an attempt to reach the broker; certificate is None for plain text; new_key gives a fresh UUID as
    text; say takes one line for people.
    """

    clock: Clock
    machine: Machine
    channel: Channel
    connect: Callable[[], Link]
    certificate: Certificate | None
    new_key: Callable[[], str]
    chance: Random
    say: Callable[[str], None]
