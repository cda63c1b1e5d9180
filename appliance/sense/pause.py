"""Whether anybody may be read now: the mode, and the pause that any customer can press."""

from __future__ import annotations

from appliance.events import Button, Mode

PAUSE_S = 300.0
"""In `notice` a customer's pause lasts five minutes, longer than a purchase: with the camera off, nothing can tell when
the person has left. A second press ends it."""

OPT_IN_WAIT_S = 15.0
"""In `opt-in` a press waits this long for a face; then the device pauses again."""


class Pause:
    """The pause state, which the camera's power follows.

    Args:
        mode: `opt-in` starts paused and pauses again after each visit; `notice` starts reading.
    """

    def __init__(self, mode: Mode) -> None:
        self._mode = mode
        self._until_s = float("inf") if mode is Mode.OPT_IN else float("-inf")
        self._asked_s = float("-inf")

    def step(self, now_s: float, presses: tuple[Button, ...], *, visit: bool, visit_ended: bool) -> bool:
        """Take in presses and the visit; True if nobody may be read from `now_s` on."""
        for press in presses:
            if press is Button.PAUSE:
                self._until_s = float("inf") if self._mode is Mode.OPT_IN else now_s + PAUSE_S
            if press is Button.RESUME:
                self._until_s = float("-inf")
                self._asked_s = now_s
        if self._mode is Mode.OPT_IN and now_s >= self._until_s:
            waited = not visit and now_s - self._asked_s > OPT_IN_WAIT_S
            if visit_ended or waited:
                self._until_s = float("inf")
        return now_s < self._until_s
