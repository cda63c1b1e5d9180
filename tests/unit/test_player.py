"""The player: rhythm in software, never over 1 Hz."""

from __future__ import annotations

from itertools import pairwise

from appliance.clock import FakeClock
from appliance.cue.console import Console
from appliance.cue.pattern import DARK, Shown
from appliance.cue.player import Player
from appliance.events import Light


def play(light: Light, seconds: float, rate_hz: int = 30) -> list[tuple[float, Shown]]:
    """What a console is told while `light` plays for `seconds`, with the time of each."""
    clock = FakeClock()
    told: list[tuple[float, Shown]] = []
    player = Player(Console(lambda shown: told.append((clock.monotonic_s(), shown))), clock)
    player.show(light)
    for _ in range(round(seconds * rate_hz)):
        clock.advance_s(1 / rate_hz)
        player.tick(clock.monotonic_s())
    return told


def test_check_in_fades_in_and_stays() -> None:
    """Check-in rises within 0.5 s to full amber and then is not written again."""
    told = play(Light.CHECK_IN, 5.0)
    levels = [shown.amber for _, shown in told[1:]]
    assert sorted(set(levels)) == levels
    assert Shown(amber=1.0) == told[-1][1]
    assert 0.45 <= told[-1][0] <= 0.55


def test_still_hard_blinks_at_half_a_hertz() -> None:
    """Still-hard lights up every 2 s, a second long."""
    told = play(Light.STILL_HARD, 10.0)
    ups = [at for (_, before), (at, after) in pairwise(told) if after.lit and not before.lit]
    assert [0.0, 2.0, 4.0, 6.0, 8.0] == [round(up) for up in ups[:5]]


def test_lights_changing_fast_never_flash_over_one_hertz() -> None:
    """However fast the lights are switched, two lighting-ups are at least a second apart."""
    clock = FakeClock()
    ups: list[float] = []
    last = [DARK]

    def drawn(shown: Shown) -> None:
        if shown.lit and not last[0].lit:
            ups.append(clock.monotonic_s())
        last[0] = shown

    player = Player(Console(drawn), clock)
    for step in range(600):
        player.show((Light.OFF, Light.HELP, Light.CHECK_IN, Light.OFF)[step % 4])
        clock.advance_s(0.1)
        player.tick(clock.monotonic_s())
    assert len(ups) > 10
    assert min(after - before for before, after in pairwise(ups)) >= 1.0


def test_closing_leaves_it_dark() -> None:
    """A closed player leaves a dark device."""
    clock = FakeClock()
    drawn: list[Shown] = []
    player = Player(Console(drawn.append), clock)
    player.show(Light.PAUSED)
    player.close()
    assert DARK == drawn[-1]
