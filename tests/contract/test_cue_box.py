"""The reference box: its MicroPython sketch at one end of a pty, the device's own code at the other."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from itertools import groupby, pairwise

import pytest

from appliance.clock import FakeClock
from appliance.cue import frames
from appliance.cue.box import Box
from appliance.cue.interface import Edge, Switch
from appliance.cue.pattern import Shown
from appliance.cue.replugged import Replugged
from appliance.errors import CuePortMissing
from tests.contract.box_sketch import Sketch, load
from tests.contract.deadline import until
from tests.contract.pty_end import Far

AMBER, BLUE, PIEZO, RELAY, ACK, HELP, CUSTOMER = range(2, 9)
Decode = Callable[[bytes], list[tuple[int, int, bytes]]]


def decoders() -> list[Decode]:
    """A fresh decoder of each implementation."""
    host, sketch = frames.Decoder(), load("frames", FakeClock()).Decoder()
    return [lambda data: [(f.seq, f.command, f.payload) for f in host.feed(data)], sketch.feed]


@pytest.fixture(params=[0, 1], ids=["device", "sketch"])
def decode(request: pytest.FixtureRequest) -> Decode:
    """One of the two."""
    return decoders()[request.param]


def test_both_ends_write_the_same_bytes() -> None:
    """The device's encoder and the sketch's give identical bytes, with the published check value of the CRC."""
    sketch = load("frames", FakeClock())
    for seq, payload in ((0, b""), (255, b"\x7e\x7e"), (7, bytes(8))):
        assert frames.encode(frames.BoxFrame(seq, 1, payload)) == sketch.encode(seq, 1, payload)
    assert (0xF4, 0xF4) == (frames.crc8(b"123456789"), sketch.crc8(b"123456789"))


def test_frames_survive_cutting_and_their_own_start_byte(decode: Decode) -> None:
    """Frames fed byte by byte come out whole, also when they hold the start byte."""
    data = b"".join(frames.encode(frames.BoxFrame(seq, 1, b"\x7e\x05\x7e")) for seq in range(3))
    got = [frame for byte in data for frame in decode(bytes((byte,)))]
    assert [(seq, 1, b"\x7e\x05\x7e") for seq in range(3)] == got


def test_a_changed_bit_is_refused(decode: Decode) -> None:
    """No single flipped bit of a frame passes."""
    good = frames.encode(frames.BoxFrame(9, 1, b"\x01\x02\x03"))
    for bit in range(8, len(good) * 8):
        bad = bytearray(good)
        bad[bit // 8] ^= 1 << bit % 8
        assert (9, 1, b"\x01\x02\x03") not in decode(bytes(bad) + bytes(16))


def test_a_million_bytes_of_noise_do_no_harm(decode: Decode) -> None:
    """After each 1,000 of 10^6 random bytes a frame repeated four times is found at least once."""
    noise = random.Random(5)
    wanted = frames.BoxFrame(77, 1, b"\x10\x20\x00")
    for _ in range(1000):
        decode(noise.randbytes(1000))
        assert (wanted.seq, wanted.command, wanted.payload) in decode(frames.encode(wanted) * 4)


class Bench:
    """A box on a pty and the sketch at its far end, on one fake clock."""

    def __init__(self, far: Far) -> None:
        self.clock = FakeClock()
        self.sketch = Sketch(far.master, self.clock)
        self.box = Box(far.path, self.clock)
        self.edges: list[Edge] = []

    def settles(self, condition: Callable[[], bool]) -> bool:
        """Let both run until `condition`."""

        def once() -> bool:
            self.sketch.step()
            self.edges += self.box.poll()
            return condition()

        return until(once)

    def settles_soon(self, condition: Callable[[], bool]) -> bool:
        """Let both run for a moment of real time, none of it on their clock."""
        for _ in range(50):
            self.sketch.step()
            self.edges += self.box.poll()
            if until(condition, 0.002):
                return True
        return False

    def run_s(self, seconds: float) -> None:
        """Let `seconds` pass at both ends, 50 ms at a time."""
        for _ in range(round(seconds * 20)):
            self.clock.advance_s(0.05)
            self.sketch.step()
            self.edges += self.box.poll()


@pytest.fixture
def bench(far: Far) -> Bench:
    """Box and sketch, connected and idle."""
    made = Bench(far)
    assert made.settles(lambda: made.box._waiting is None)
    return made


def test_states_reach_the_pins(bench: Bench) -> None:
    """Amber, blue and the camera's relay follow what is written."""
    bench.box.write(Shown(amber=1.0))
    assert bench.settles(lambda: bench.sketch.level(AMBER) == 65535)
    bench.box.write(Shown(blue=0.2))
    bench.box.power_camera(on=True)
    assert bench.settles(lambda: (0, 51 * 257, 1) == tuple(bench.sketch.level(pin) for pin in (AMBER, BLUE, RELAY)))


def test_a_lost_answer_is_asked_for_again(bench: Bench) -> None:
    """A state whose answer is lost is sent again after 0.1 s, and the light is right in between."""
    bench.sketch.stream.mute = True
    bench.box.write(Shown(amber=1.0))
    assert bench.settles(lambda: bench.sketch.level(AMBER) == 65535)
    assert bench.box._waiting is not None
    bench.sketch.stream.mute = False
    bench.clock.advance_s(0.11)
    assert bench.settles(lambda: bench.box._waiting is None)


def test_a_box_that_never_answers_is_missing(bench: Bench) -> None:
    """Without any answer the box counts as missing within a second."""
    bench.sketch.stream.mute = True
    bench.box.write(Shown(amber=1.0))
    with pytest.raises(CuePortMissing, match="does not answer"):
        bench.run_s(1.0)


def test_presses_come_up_the_wire_once(bench: Bench) -> None:
    """Each switch gives one edge down and one up, in order, also when the first answer is lost."""
    for pin in (ACK, HELP, CUSTOMER):
        for down in (True, False):
            bench.clock.advance_s(0.1)
            bench.sketch.press(pin, down=down)
            before = len(bench.edges)
            assert bench.settles(lambda before=before: len(bench.edges) > before)
            bench.run_s(0.3)
    switches = (Switch.ACK, Switch.HELP, Switch.CUSTOMER)
    assert [Edge(switch, down) for switch in switches for down in (True, False)] == bench.edges


def test_contact_bounce_is_one_press(bench: Bench) -> None:
    """A contact that opens again within 20 ms of closing is one press."""
    bench.clock.advance_s(0.1)
    bench.sketch.press(ACK, down=True)
    bench.sketch.step()
    for _ in range(9):
        bench.clock.advance_s(0.002)
        bench.sketch.press(ACK, down=False)
        bench.sketch.step()
        bench.sketch.press(ACK, down=True)
        bench.sketch.step()
    assert bench.settles(lambda: [Edge(Switch.ACK, down=True)] == bench.edges)


def test_a_silent_computer_shows_as_fault_and_cuts_the_camera(bench: Bench) -> None:
    """Three seconds without a frame: amber flashes twice in 5 s, camera and lamp lose power; a frame ends it."""
    bench.box.power_camera(on=True)
    bench.box.write(Shown(blue=1.0))
    assert bench.settles(lambda: (65535, 1) == (bench.sketch.level(BLUE), bench.sketch.level(RELAY)))
    levels = []
    for _ in range(155):
        bench.clock.advance_s(0.05)
        bench.sketch.step()
        levels.append(bench.sketch.level(AMBER))
    assert {0} == set(levels[:59])
    assert 2 == sum(after > before for before, after in pairwise(levels))
    assert (0, 0) == (bench.sketch.level(BLUE), bench.sketch.level(RELAY))
    bench.box.write(Shown(blue=1.0))
    assert bench.settles(lambda: (0, 65535, 1) == tuple(bench.sketch.level(pin) for pin in (AMBER, BLUE, RELAY)))


def test_the_beat_keeps_the_box_awake(bench: Bench) -> None:
    """A minute without any change shows no fault: the device sends its state every second."""
    bench.box.write(Shown(blue=1.0))
    assert bench.settles(lambda: bench.sketch.level(BLUE) == 65535)
    for _ in range(1200):
        bench.clock.advance_s(0.05)
        assert bench.settles(lambda: bench.box._waiting is None)
        assert 0 == bench.sketch.level(AMBER)


def test_garbage_on_the_line_costs_no_state(bench: Bench) -> None:
    """With noise in both directions neither end fails, and within 2 s of quiet the box shows what it should."""
    noise = random.Random(6)
    for _ in range(40):
        os.write(bench.sketch.stream._descriptor, noise.randbytes(500))
        bench.box._port.write(noise.randbytes(500))
        bench.box.write(Shown(amber=noise.random()))
        bench.clock.advance_s(0.01)
        bench.sketch.step()
        bench.box.poll()
    bench.box.write(Shown(blue=1.0))
    for _ in range(20):
        if bench.settles_soon(lambda: (0, 65535) == (bench.sketch.level(AMBER), bench.sketch.level(BLUE))):
            break
        bench.clock.advance_s(0.1)
    assert (0, 65535) == (bench.sketch.level(AMBER), bench.sketch.level(BLUE))


def test_a_box_that_stays_mute_is_one_fault(far: Far) -> None:
    """A port that opens and never answers counts as missing all the time, not found again and again."""
    clock = FakeClock()
    device = Replugged(lambda: Box(far.path, clock), clock)
    told = []
    for _ in range(200):
        clock.advance_s(0.05)
        device.poll()
        told.append(device.missing)
    assert [False, True] == [state for state, _ in groupby(told)]
