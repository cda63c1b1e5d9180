"""What presses mean, and the desk that joins buttons, policy and light without camera, network or broker."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from gpiozero.pins.mock import MockFactory, MockPWMPin

from appliance.clock import FakeClock
from appliance.config import build
from appliance.cue.buttons import Buttons
from appliance.cue.gpio import AMBER, BLUE, CAMERA, SWITCHES, Gpio
from appliance.cue.interface import Edge, Switch
from appliance.cue.replugged import Replugged
from appliance.events import Button, FaultCode, Gauge, Light, Mode, Reason
from appliance.records import ButtonRecord, FaultRecord, GaugeRecord
from appliance.sense.desk import Desk
from appliance.settings import Settings


def edges(switch: Switch, *down: bool) -> tuple[Edge, ...]:
    """Edges of one switch."""
    return tuple(Edge(switch, each) for each in down)


@pytest.mark.parametrize(
    ("switch", "held_s", "press"),
    [
        (Switch.ACK, 0.2, Button.HELPED),
        (Switch.ACK, 1.5, Button.NOT_NEEDED),
        (Switch.HELP, 0.2, Button.HELP),
        (Switch.HELP, 1.5, Button.SELF_REPORT),
        (Switch.CUSTOMER, 0.2, Button.PAUSE),
        (Switch.CUSTOMER, 1.5, Button.PAUSE),
    ],
)
def test_each_press_has_one_meaning(switch: Switch, held_s: float, press: Button) -> None:
    """Short and long presses give exactly their one button, whenever they are looked at."""
    it = Buttons()
    told = it.take(1.0, edges(switch, True), paused=False)
    told += it.take(1.0 + held_s, (), paused=False)
    told += it.take(1.1 + held_s, edges(switch, False), paused=False)
    assert (press,) == told


def test_the_customers_button_resumes_while_paused() -> None:
    """The customer's switch means resume while nobody is read."""
    assert (Button.RESUME,) == Buttons().take(1.0, edges(Switch.CUSTOMER, True, False), paused=True)


def test_a_switch_held_ten_seconds_is_stuck_until_it_lets_go() -> None:
    """A held switch is stuck after 10 s, tells one long press and no more, and is well again when released."""
    it = Buttons()
    it.take(0.0, edges(Switch.ACK, True), paused=False)
    told = [press for second in range(1, 60) for press in it.take(float(second), (), paused=False)]
    assert [Button.NOT_NEEDED] == told
    assert it.stuck(10.0)
    assert () == it.take(60.0, edges(Switch.ACK, False), paused=False)
    assert not it.stuck(60.0)


class Counter:
    """A desk on mock pins."""

    def __init__(self, mode: Mode, **sections: dict[str, object]) -> None:
        self.clock = FakeClock()
        self.pins = MockFactory(pin_class=MockPWMPin)
        self.device = Replugged(lambda: Gpio(self.pins), self.clock)
        self.desk = Desk(build({"policy": {"shadow": False}, **sections}, Settings), mode, self.device, self.clock)

    def hold(self, switch: Switch, *, down: bool) -> None:
        """Move a switch and let its debounce pass by hand: the mock pin's edges arrive at once."""
        button = self.device._device._switches[list(SWITCHES).index(switch)]  # type: ignore[union-attr]
        (button.when_pressed if down else button.when_released)()

    def level(self, pin: int) -> float:
        """What an output shows."""
        return float(self.pins.pin(pin).state)


@pytest.fixture
def counter() -> Iterator[Counter]:
    """A buttons-only counter."""
    made = Counter(Mode.BUTTONS_ONLY)
    yield made
    made.desk.close()
    made.pins.close()


def test_help_works_without_camera_network_and_broker(counter: Counter) -> None:
    """In buttons-only a help press lights blue on the pins at once and leaves a button record."""
    counter.hold(Switch.HELP, down=True)
    counter.desk.step(None)
    counter.hold(Switch.HELP, down=False)
    step = counter.desk.step(None)
    assert (Light.HELP, False) == (step.policy.light, step.policy.reading)
    assert [Reason.HELP] == [decision.reason for decision in step.policy.decisions]
    assert ButtonRecord(Button.HELP) in step.records
    assert (1.0, 0.0) == (counter.level(BLUE), counter.level(AMBER))


def test_a_stuck_button_is_a_fault_with_its_light(counter: Counter) -> None:
    """A switch that never lets go gives the fault record and the fault light; letting go ends both."""
    counter.hold(Switch.ACK, down=True)
    counter.desk.step(None)
    counter.clock.advance_s(10.0)
    step = counter.desk.step(None)
    assert Light.FAULT == step.policy.light
    assert FaultRecord(FaultCode.BUTTON_STUCK, active=True) in step.records
    counter.hold(Switch.ACK, down=False)
    step = counter.desk.step(None)
    assert Light.OFF == step.policy.light
    assert FaultRecord(FaultCode.BUTTON_STUCK, active=False) in step.records


def test_the_customers_pause_closes_reading() -> None:
    """In notice the customer's press stops reading at once and shows dim blue; the next one starts it again."""
    counter = Counter(Mode.NOTICE)
    assert counter.desk.step(None).policy.reading
    counter.hold(Switch.CUSTOMER, down=True)
    step = counter.desk.step(None)
    assert (False, Light.PAUSED) == (step.policy.reading, step.policy.light)
    assert 0.25 == pytest.approx(counter.level(BLUE), abs=0.01)
    counter.hold(Switch.CUSTOMER, down=False)
    counter.desk.step(None)
    counter.hold(Switch.CUSTOMER, down=True)
    assert counter.desk.step(None).policy.reading
    counter.desk.close()
    counter.pins.close()


def test_camera_faults_show_and_end(counter: Counter) -> None:
    """A camera fault lights the fault pattern while it lasts and is told once at each end."""
    stalled = frozenset({FaultCode.CAMERA_STALLED})
    told = [counter.desk.step(None, faults).records for faults in (stalled, stalled, frozenset())]
    fault = FaultCode.CAMERA_STALLED
    assert [(FaultRecord(fault, active=True),), (), (FaultRecord(fault, active=False),)] == told


def test_the_load_stays_inside_without_five_people(counter: Counter) -> None:
    """With fewer than five people no load leaves the counter, with five only half an hour late."""
    assert Gauge.LOAD not in {gauge.gauge for gauge in counter.desk.gauges()}
    shared = Counter(Mode.BUTTONS_ONLY, load={"staff": 5})
    for _ in range(4):
        shared.hold(Switch.HELP, down=True)
        shared.hold(Switch.HELP, down=False)
        shared.desk.step(None)
    told = []
    for _ in range(40):
        told += [gauge for gauge in shared.desk.gauges() if gauge.gauge is Gauge.LOAD]
        shared.clock.advance_s(60.0)
    assert GaugeRecord(Gauge.LOAD, 1) == told[0]
    assert 10 == len(told)
    shared.desk.close()
    shared.pins.close()


def test_the_pins_power_the_camera_only_when_told(counter: Counter) -> None:
    """The camera's wire is dead at the start and follows power_camera."""
    assert 0.0 == counter.level(CAMERA)
    counter.device.power_camera(on=True)
    assert 1.0 == counter.level(CAMERA)
    counter.device.power_camera(on=False)
    assert 0.0 == counter.level(CAMERA)


@pytest.mark.parametrize(("mode", "shadow", "hinted"), [
    (Mode.BUTTONS_ONLY, False, True), (Mode.BUTTONS_ONLY, True, False), (Mode.OFF, False, False),
])  # fmt: skip
def test_a_hard_stretch_is_hinted_at_the_counter(mode: Mode, *, shadow: bool, hinted: bool) -> None:
    """Two self-reports light a dim hint, two seconds in thirty, until ten quiet minutes; not in a trial or in off."""
    counter = Counter(mode, policy={"shadow": shadow})
    for _ in range(2):
        counter.hold(Switch.HELP, down=True)
        counter.desk.step(None)
        counter.clock.advance_s(1.5)
        counter.desk.step(None)
        counter.hold(Switch.HELP, down=False)
        counter.desk.step(None)
    lit = []
    for _ in range(120):
        counter.desk.step(None)
        lit.append(counter.level(BLUE))
        counter.clock.advance_s(0.5)
    assert (8 if hinted else 0) == sum(level == pytest.approx(0.25, abs=0.01) for level in lit)
    assert max(lit) < 0.3
    counter.clock.advance_s(600.0)
    counter.desk.step(None)
    assert 0.0 == counter.level(BLUE)
    counter.desk.close()
    counter.pins.close()
