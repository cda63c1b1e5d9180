"""Spotting: when a face did something, from the motion of its regions alone. Pure; time comes with the samples."""

from __future__ import annotations

from appliance.sense.history import History, Sample
from appliance.sense.micro import MicroSpotter, Spotted
from appliance.sense.sustained import DURATION_MAX_S, LEAD_S, SustainedSpotter

RATE_MIN_HZ = 24.5
"""Below 25 frames a second a micro-expression is a frame or two, so that channel abstains; half a frame is spared."""

GAP_MAX_S = 0.5
"""After a longer gap between frames nothing before it is compared with anything after."""

REMEMBERED_S = DURATION_MAX_S + LEAD_S + 1.0
"""The longest movement, its rise, and its tail."""


class Spotter:
    """Spots micro and sustained movements of one face.

    Args:
        gate_sigma: a movement counts above this many noise floors of its region.
    """

    def __init__(self, gate_sigma: float) -> None:
        self._history = History(REMEMBERED_S)
        self._micro = MicroSpotter(gate_sigma)
        self._sustained = SustainedSpotter(gate_sigma)
        self._last_s: float | None = None

    def reset(self) -> None:
        """Forget everything: the face was lost, or another one came."""
        self._history.clear()
        self._micro.reset()
        self._sustained.reset()
        self._last_s = None

    def refer(self) -> None:
        """The next sample is measured from a new reference frame, which has its own noise: a hand in it makes much."""
        self._micro.reset()

    @property
    def settled(self) -> bool:
        """True once a neutral face and its noise are known."""
        return self._micro.settled

    @property
    def too_slow(self) -> bool:
        """True while frames come too slowly for micro-expressions; the sustained channel goes on."""
        return self._history.span_s() >= 1.0 and self._history.rate_hz(1.0) < RATE_MIN_HZ

    def step(self, sample: Sample) -> list[Spotted]:
        """The movements that are complete with `sample`; samples come in order of time."""
        if self._last_s is not None and sample.at_s - self._last_s > GAP_MAX_S:
            self.reset()
        self._last_s = sample.at_s
        self._history.add(sample)
        micro = self._micro.step(self._history, sample.at_s)
        sustained = self._sustained.step(self._history, sample.at_s)
        kept = [None if self.too_slow else micro, sustained]
        return [spotted for spotted in kept if spotted is not None]
