"""No sequence of events, buttons and times breaks a rule of the light.

INKLING_CASES sets how many sequences are tried; the bar is run with 100000.
"""

from __future__ import annotations

import os
import random
from dataclasses import dataclass, field
from itertools import pairwise

from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from appliance import settings
from appliance.clock import FakeClock
from appliance.cue.console import Console
from appliance.cue.pattern import DARK, Shown
from appliance.cue.player import Player
from appliance.events import Button, Decision, Expression, Interval, Kind, Label, Light, Mode, Reason, Seen
from appliance.sense.policy import Outside, Policy, PolicyStep

CASES = int(os.environ.get("INKLING_CASES", "800"))
STEPS_S = (0.03, 0.1, 0.1, 0.5, 1.0, 1.0, 2.0, 4.0, 5.1, 8.0, 20.0, 61.0, 95.0, 400.0, 1300.0, 9000.0)
TICK_S = 0.13
FINE_S = 1.5
"""In the last seconds before each step the player runs as it would between frames."""
FLASH_GAP_S, PER_HOUR_MAX, PER_SHIFT_MAX, HOUR_S, SHIFT_S, VISIT_GAP_S = 1.0, 6, 8, 3600.0, 28800.0, 5.0
"""The rules as the design page gives them, not as the code does."""
PRESSES = (*Button, Button.HELPED, Button.RESUME)
CUES = {Reason.CHECK_IN: Light.CHECK_IN, Reason.STILL_HARD: Light.STILL_HARD}
SEQUENCES = st.one_of(
    st.binary(min_size=2, max_size=300), st.integers(0, 2**32).map(lambda seed: random.Random(seed).randbytes(300))
)
"""Short ones that hypothesis can shrink, and long ones that reach the budgets."""
SLACK_S = 1e-6
"""Sums of floating seconds."""


def negative(now_s: float, kind: Kind, p: float) -> Expression:
    """A negative expression that ended at `now_s`."""
    return Expression(Interval(now_s - 0.3, now_s - 0.1, now_s), kind, Label.NEGATIVE, p, 0.5, frozenset())


@dataclass
class Watcher:
    """Follows one run from outside: visits by faces alone, cues by decisions, flashes by what the device shows."""

    chosen: settings.Policy
    mode: Mode
    clock: FakeClock = field(default_factory=FakeClock)
    ups_s: list[float] = field(default_factory=list)
    cues: list[tuple[float, Light, int]] = field(default_factory=list)
    visit: int = 0
    face_s: float | None = None
    shown: Shown = DARK

    def draw(self, shown: Shown) -> None:
        """Note each lighting-up."""
        if shown.lit and not self.shown.lit:
            self.ups_s.append(self.clock.monotonic_s())
        self.shown = shown

    def follow(self, now_s: float, step: PolicyStep, *, face: bool) -> None:
        """Check what must hold in every step, and note the cues."""
        if self.face_s is not None and now_s - self.face_s > VISIT_GAP_S:
            self.face_s = None
        if not step.reading:
            self.face_s = None
        elif face:
            self.visit += self.face_s is None
            self.face_s = now_s
        lit = step.light in {Light.CHECK_IN, Light.STILL_HARD}
        assert not (lit and self.face_s is None), "lit after the visit or while nobody is read"
        assert not (lit and self.chosen.shadow), "lit in shadow"
        assert self.mode is not Mode.OFF or step.light is Light.OFF, "lit while off"
        assert step.reading or not lit
        self.cues += [(now_s, CUES[each.reason], self.visit) for each in cues_of(step.decisions)]

    def check(self) -> None:
        """Check what must hold over the whole run."""
        assert all(after - before >= FLASH_GAP_S - SLACK_S for before, after in pairwise(self.ups_s)), "over 1 Hz"
        for (before_s, first, visit), (after_s, second, same) in pairwise(self.cues):
            escalates = (first, second) == (Light.CHECK_IN, Light.STILL_HARD) and visit == same
            assert escalates or after_s - before_s >= self.chosen.refractory_s - SLACK_S, "refractory"
        for now_s, light, _ in self.cues:
            past = [cue_s for cue_s, _, _ in self.cues if cue_s <= now_s]
            assert sum(now_s - cue_s < HOUR_S - SLACK_S for cue_s in past) <= PER_HOUR_MAX, "hour"
            shift = sum(now_s - cue_s < SHIFT_S - SLACK_S for cue_s in past)
            assert shift <= PER_SHIFT_MAX or light is Light.STILL_HARD, "shift"
        turns = [(light, visit) for _, light, visit in self.cues]
        assert len(turns) == len(set(turns)), "twice in a visit"


def cues_of(decisions: tuple[Decision, ...]) -> list[Decision]:
    """The decisions that lit a cue."""
    return [each for each in decisions if each.reason in CUES]


def run(code: bytes, chosen: settings.Policy, mode: Mode) -> Watcher:
    """Play `code`, two bytes a step: how much time passes, and what happens."""
    watcher = Watcher(chosen, mode)
    clock = watcher.clock
    policy, player = Policy(chosen, mode), Player(Console(watcher.draw), clock)
    for time_byte, event in zip(code[::2], code[1::2], strict=False):
        now_s = clock.monotonic_s() + STEPS_S[time_byte & 15]
        clock.advance_s(now_s - clock.monotonic_s() - FINE_S)
        while clock.monotonic_s() + TICK_S < now_s < clock.monotonic_s() + FINE_S:
            clock.advance_s(TICK_S)
            player.tick(clock.monotonic_s())
        clock.advance_s(now_s - clock.monotonic_s())
        now_s = clock.monotonic_s()
        face = bool(time_byte & 0x70)
        expressions: tuple[Expression, ...] = ()
        presses: tuple[Button, ...] = ()
        if event < 140:
            expressions = (negative(now_s, Kind(event & 1), 0.8 + (event >> 1 & 1) * 0.2),) * (1 + event % 3)
        elif event < 200:
            presses = (PRESSES[event % len(PRESSES)],)
        seen = Seen(now_s, face, None, expressions) if time_byte != 0xFF else None
        step = policy.step(now_s, seen, presses, Outside(quiet=event == 255, fault=event == 254))
        watcher.follow(now_s, step, face=face and seen is not None)
        player.show(step.light)
        player.tick(now_s)
    return watcher


@examples(max_examples=CASES, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    code=SEQUENCES,
    shadow=st.sampled_from((False, False, False, True)),
    dwell_s=st.sampled_from((0.0, 2.0)),
    refractory_s=st.sampled_from((10.0, 90.0)),
    mode=st.sampled_from((Mode.NOTICE, Mode.NOTICE, Mode.OPT_IN, Mode.BUTTONS_ONLY, Mode.OFF)),
)
def test_no_sequence_breaks_a_rule(code: bytes, shadow: bool, dwell_s: float, refractory_s: float, mode: Mode) -> None:
    """Never over 1 Hz, the budgets or the refractory time; never lit after the visit, in pause, off or shadow."""
    chosen = settings.Policy(shadow=shadow, dwell_s=dwell_s, refractory_s=refractory_s, threshold=1.0)
    run(code, chosen, mode).check()


def test_the_rules_are_reached() -> None:
    """A run with many hard moments lights cues, escalates, and meets the hour's limit: the rules above are tested."""
    chosen = settings.Policy(shadow=False, dwell_s=0.0, refractory_s=10.0, threshold=1.0)
    watcher = run(bytes((0x16, 3, 0x16, 3, 0x16, 3, 0x17, 201, 0x17, 201, 0x0B, 201)) * 12, chosen, Mode.NOTICE)
    watcher.check()
    assert PER_HOUR_MAX <= len(watcher.cues)
    assert {Light.CHECK_IN, Light.STILL_HARD} == {light for _, light, _ in watcher.cues}
