"""The staff side in one step: presses in, policy, light, load, faults out. Works without camera, network and broker."""

from __future__ import annotations

from dataclasses import dataclass

from appliance.clock import Clock
from appliance.cue.buttons import Buttons
from appliance.cue.pattern import READY_S
from appliance.cue.player import Player
from appliance.cue.replugged import Replugged
from appliance.events import Button, FaultCode, Gauge, Light, Mode, Reason, Seen, Tally
from appliance.records import Body, ButtonRecord, FaultRecord, GaugeRecord, TallyRecord
from appliance.sense.load import Level, Load, LoadGate
from appliance.sense.policy import Outside, Policy, PolicyStep
from appliance.sense.quiet import QuietHours
from appliance.settings import Settings

SHOWN_FAULTS = {
    FaultCode.CAMERA_MISSING,
    FaultCode.CAMERA_STALLED,
    FaultCode.MASK_CHANGED,
    FaultCode.BUTTON_STUCK,
}
"""Faults staff can see and mend; the others are for IT alone."""


@dataclass(frozen=True, slots=True)
class DeskStep:
    """What the policy wants, and the records to send: presses, counts beyond decisions, faults that began or ended."""

    policy: PolicyStep
    records: tuple[Body, ...]


class Desk:
    """Buttons, policy, player and load of one counter.

    Args:
        settings: the device's settings; [policy], [cue] and [load] are read.
        mode: how the device senses.
        device: the light.
        clock: where time comes from.

    Raises:
        ConfigInvalid: quiet hours that make no sense.
    """

    def __init__(self, settings: Settings, mode: Mode, device: Replugged, clock: Clock) -> None:
        self._mode = mode
        self._device = device
        self._clock = clock
        self._buttons = Buttons()
        self._policy_settings = settings.policy
        self._policy = Policy(settings.policy, mode)
        self._player = Player(device, clock, sound=settings.cue.sound)
        self._quiet = QuietHours(settings.policy)
        self._load = Load()
        self._gate = LoadGate(settings.load.staff)
        self._faults: set[FaultCode] = set()
        self._ready_s = float("-inf")

    def ready(self) -> None:
        """Everything works for the first time since the start: say so once, where nothing else is to be said."""
        self._ready_s = self._clock.monotonic_s()

    def step(self, seen: Seen | None, outside: frozenset[FaultCode] = frozenset()) -> DeskStep:
        """Take in one frame's result (None: no frame) and the faults found elsewhere; moves the light at once.

        Time is the clock's, so the light follows its own rhythm however late a frame is.
        """
        now_s = self._clock.monotonic_s()
        edges = self._device.poll()
        if self._device.missing:
            self._buttons.release()
        presses = self._buttons.take(now_s, edges, paused=self._policy.paused)
        faults = set(outside) | self._own_faults(now_s)
        quiet = self._quiet.at(self._clock.utc_s())
        step = self._policy.step(now_s, seen, presses, Outside(quiet, bool(faults & SHOWN_FAULTS)))
        self._follow_load(now_s, seen, presses, step)
        self._player.show(self._hint(now_s, step.light, quiet=quiet))
        self._player.tick(now_s)
        records: list[Body] = [ButtonRecord(press) for press in presses]
        records += [TallyRecord(int(tally), 1) for tally in step.tallies]
        records += [FaultRecord(code, code in faults) for code in sorted(faults ^ self._faults)]
        self._faults = faults
        return DeskStep(step, tuple(records))

    def _hint(self, now_s: float, light: Light, *, quiet: bool) -> Light:
        """`light`, or where that is dark the word that all works, or the relief hint while the load is high.

        It is dark in `off`, in quiet hours, and the hint also where the hard moments behind it are not trusted: in a
        shadow trial, or after the cue switched itself off.
        """
        if light is not Light.OFF or quiet or self._mode is Mode.OFF:
            return light
        if now_s - self._ready_s < READY_S:
            return Light.READY
        trusted = not (self._policy_settings.shadow or self._policy.self_off)
        return Light.RELIEF if trusted and self._load.level(now_s) is not Level.OK else light

    def _own_faults(self, now_s: float) -> set[FaultCode]:
        found = {
            FaultCode.CUE_PORT_MISSING: self._device.missing,
            FaultCode.BUTTON_STUCK: self._buttons.stuck(now_s),
            FaultCode.CUE_SELF_OFF: self._policy.self_off,
        }
        return {code for code, active in found.items() if active}

    def _follow_load(self, now_s: float, seen: Seen | None, presses: tuple[Button, ...], step: PolicyStep) -> None:
        if (seen and seen.face) or presses:
            self._load.busy(now_s)
        for tally in step.tallies:
            if tally is Tally.HARD_MOMENTS:
                self._load.hard(now_s)
            if tally is Tally.SELF_REPORTS:
                self._load.report(now_s)
        if any(decision.reason is Reason.HELP for decision in step.decisions):
            self._load.help(now_s)
        if step.labelled is False:
            self._load.not_needed(now_s)

    def gauges(self) -> tuple[GaugeRecord, ...]:
        """The present values for IT, once a report: pause, mode, light, labels, precision, load if allowed."""
        precision = self._policy.precision
        out = [
            GaugeRecord(Gauge.PAUSED, int(self._policy.paused)),
            GaugeRecord(Gauge.MODE, int(self._mode)),
            GaugeRecord(Gauge.CUE_DEVICE, int(not self._device.missing)),
            GaugeRecord(Gauge.LABELS, precision.labels),
            GaugeRecord(Gauge.PRECISION_PERCENT, round(100 * precision.share)),
        ]
        now_s = self._clock.monotonic_s()
        level = self._gate.pass_on(now_s, self._load.level(now_s))
        if level is not None:
            out.append(GaugeRecord(Gauge.LOAD, int(level)))
        return tuple(out)

    def close(self) -> None:
        """Leave the light dark and closed."""
        self._player.close()
