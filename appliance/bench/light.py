"""From the apex of an expression to the byte on the serial line: real chain, staff side and tower, through a pty."""

from __future__ import annotations

import os
import pty
import select
import sys
import threading
import tty
from dataclasses import replace
from pathlib import Path

import cv2

from appliance.clock import SystemClock
from appliance.cue.device import open_device
from appliance.cue.pattern import DARK
from appliance.cue.tower import YELLOW_ON
from appliance.events import Expression, Mode, Reason
from appliance.sense.clip import ClipSource
from appliance.sense.desk import Desk
from appliance.sense.paced import PacedSource
from appliance.sense.pipeline import Chain
from appliance.settings import Settings

BAR_MS = 120.0
"""At 60 frames a second, beyond the configured dwell (the bar)."""
LISTEN_S = 0.2


class Ear:
    """Listens at the far end of the serial line and notes when each byte comes."""

    def __init__(self) -> None:
        self._clock = SystemClock()
        self._master, slave = pty.openpty()
        tty.setraw(slave)
        self.path = os.ttyname(slave)
        self.heard: list[tuple[float, int]] = []
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        while not self._ends.is_set():
            if select.select([self._master], [], [], LISTEN_S)[0]:
                data = os.read(self._master, 256)
                self.heard += [(self._clock.monotonic_s(), byte) for byte in data]

    def close(self) -> None:
        """Stop listening."""
        self._ends.set()
        self._thread.join()


def delays_ms(clip: Path) -> list[tuple[float, float, float]]:
    """For each lighting of `clip` played at its speed: (apex s into the clip, dwell s, ms beyond the dwell)."""
    clock, ear = SystemClock(), Ear()
    base = Settings()
    # One expression suffices here and each may light: the bar is about time, not about evidence.
    policy = replace(base.policy, shadow=False, threshold=0.3, refractory_s=10.0)
    settings = replace(base, policy=policy, cue=replace(base.cue, device="tower", port=ear.path))
    cv2.setNumThreads(1)
    chain, out = Chain(settings), []
    with open_device(settings.cue, clock) as device, PacedSource(ClipSource(clip), clock) as source:
        desk = Desk(settings, Mode.NOTICE, device, clock)
        first_s, risen = None, None
        while (frame := source.read()) is not None:
            first_s = frame.at_s if first_s is None else first_s
            step = desk.step(chain.step(frame))
            for decision in step.policy.decisions:
                risen = _rising(risen, decision.reason, decision.expression)
                if decision.reason is Reason.CHECK_IN and risen is not None:
                    out.append((risen - first_s, policy.dwell_s, risen + policy.dwell_s))
                    risen = None
                    # A new staff side: its refractory time and the rule of one cue a visit would hide the later ones.
                    device.write(DARK)
                    desk = Desk(settings, Mode.NOTICE, device, clock)
    ear.close()
    lit = [at_s for at_s, byte in ear.heard if byte == YELLOW_ON]
    return [(at_s, dwell_s, (up_s - due_s) * 1000) for (at_s, dwell_s, due_s), up_s in zip(out, lit, strict=False)]


def _rising(risen: float | None, reason: Reason, expression: Expression | None) -> float | None:
    """The apex at which the evidence that lights rose over the threshold."""
    if expression is not None and reason in {Reason.DWELL, Reason.CHECK_IN} and risen is None:
        return expression.interval.apex_s
    return risen


def main() -> int:
    """Print each delay; 0 if all are within the bar."""
    from models.clips.demo import demo_clip  # noqa: PLC0415  # heavy, and only needed here

    rows = delays_ms(demo_clip())
    for at_s, dwell_s, late_ms in rows:
        sys.stdout.write(f"apex at {at_s:5.2f} s: light {late_ms:6.1f} ms after apex + {dwell_s:g} s dwell\n")
    worst = max((late_ms for *_, late_ms in rows), default=float("inf"))
    sys.stdout.write(f"worst {worst:.1f} ms of {BAR_MS:g} ms allowed\n")
    return 0 if worst <= BAR_MS else 1


if __name__ == "__main__":
    sys.exit(main())
