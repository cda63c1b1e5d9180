"""How much of a visit's expressions point to a hard moment: a leaky sum, so that old movements fade.

    E(t) = sum over the visit's negative expressions i of  p_i * WEIGHT[kind_i] * exp(-(t - apex_i) / FADE_S)

A leaky integrator to a bound is the usual model of evidence for a yes/no choice (Usher & McClelland 2001,
doi 10.1037/0033-295X.108.3.550). Weights and time constant are ours, set with the shift simulator (docs/cues.md).
"""

from __future__ import annotations

import math

from appliance.events import Expression, Kind

WEIGHT = {Kind.MICRO: 0.6, Kind.SUSTAINED: 1.2}
"""No single expression reaches the default T1 of 1.8: one scowl may be reading the price list, two sure ones close
together ask for a look; of micro ones it takes four (Burgoon 2018, doi 10.1177/0261927X18780601: rare, and of
disputed meaning)."""

FADE_S = 30.0
"""Within half a minute a movement counts about a third: one exchange of words at a counter."""


class Evidence:
    """The leaky sum of one visit; times in seconds on the frame clock, the sum has no unit and no upper bound."""

    def __init__(self) -> None:
        self._sum = 0.0
        self._at_s = 0.0

    def add(self, expression: Expression) -> float:
        """Add a negative expression as of its apex; the sum at that apex."""
        apex_s = expression.interval.apex_s
        before = self.at(max(apex_s, self._at_s))
        late_s = max(0.0, self._at_s - apex_s)
        self._sum = before + expression.p * WEIGHT[expression.kind] * math.exp(-late_s / FADE_S)
        self._at_s = max(apex_s, self._at_s)
        return self._sum

    def at(self, now_s: float) -> float:
        """The sum at `now_s`; times before the last apex count as that apex."""
        return self._sum * math.exp(-max(0.0, now_s - self._at_s) / FADE_S)

    def clear(self) -> None:
        """Forget everything: the visit is over."""
        self._sum = 0.0
