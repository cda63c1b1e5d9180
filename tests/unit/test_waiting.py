"""After the landmark net a crop's motion is measured and read in the next frame, and nothing else changes."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from appliance.events import NoReading
from appliance.sense.face import FaceFinder
from appliance.sense.follow import Follower
from appliance.sense.frame import Frame
from appliance.sense.history import Sample
from appliance.sense.pipeline import Chain
from appliance.settings import Settings
from tests.unit.faces import finder, frame, picture, tracker

NOBODY = np.full((480, 640, 3), 90, np.uint8)


class Watched:
    """A chain of which each call of a net, each measured motion and each sample read is noted."""

    def __init__(self) -> None:
        self.chain = Chain(Settings())
        self.samples: list[tuple[float, bytes, bool, bool, bool, bool, tuple[float, float]]] = []
        self.calls: list[str] = []
        self._note(self.chain.follower.tracker, "follow", lambda *_: self.calls.append("net"))
        self._note(self.chain.follower.finder, "find", lambda *_: self.calls.append("finder"))
        self._note(self.chain.meter, "measure", lambda *_: self.calls.append("motion"))
        self._note(self.chain.spotter, "step", self._read)

    def _read(self, s: Sample) -> None:
        self.samples.append((s.at_s, s.regions.tobytes(), s.blink, s.talking, s.moving, s.turning, s.nose))
        self.calls.append("read")

    def _note(self, owner: Any, method: str, note: Callable[..., None]) -> None:
        call = getattr(owner, method)

        def noted(*given: Any) -> Any:
            note(*given)
            return call(*given)

        setattr(owner, method, noted)

    def step(self, given: Frame) -> list[str]:
        """What was called for the frame."""
        self.calls.clear()
        self.chain.step(given)
        return list(self.calls)


def swaying(k: int, rate_hz: float) -> Frame:
    """A face that goes to and fro by some pixels."""
    return frame(picture(320 + 4 * np.sin(k / 7), 240 + 2 * np.cos(k / 5)), k / rate_hz, k)


@pytest.mark.parametrize("rate_hz", [50.0, 60.0, 90.0, 120.0])
def test_no_frame_pays_for_landmarks_and_motion(rate_hz: float) -> None:
    """A quick camera's frame renews landmarks, or reads one motion, maybe beside the finder, or after landmarks two."""
    watched = Watched()
    _, *calls = [" ".join(watched.step(swaying(k, rate_hz))) for k in range(1, round(1.2 * rate_hz))]
    assert {"net", "finder motion read", "motion read motion read", "motion read"} == set(calls)
    assert {"motion read motion read"} == {after for each, after in pairwise(calls) if each == "net"}


def test_slow_frames_wait_one_by_one() -> None:
    """At 10 frames a second, where each renews its landmarks, each measures and reads one motion: the one before's."""
    watched = Watched()
    assert ["motion", "read"] == watched.step(swaying(1, 10.0))[-2:]
    assert ["net"] == watched.step(swaying(2, 10.0))
    for k in range(3, 6):
        assert ["motion", "net", "read"] == sorted(watched.step(swaying(k, 10.0)))
    assert [0.1, 0.2, 0.3, 0.4] == pytest.approx([at_s for at_s, *_ in watched.samples], abs=0.02)


@pytest.mark.parametrize("rate_hz", [10.0, 30.0, 60.0])
def test_what_waits_is_measured_as_if_it_had_not(rate_hz: float) -> None:
    """Samples measured a frame later are those measured at once, to the last bit and in the same order."""
    waits, at_once = Watched(), Watched()
    for k in range(1, 41):
        waits.step(swaying(k, rate_hz))
        at_once.step(swaying(k, rate_hz))
        at_once.chain._catch_up(k / rate_hz)
    assert 40 == len(at_once.samples)
    assert at_once.samples[: len(waits.samples)] == waits.samples
    assert 40 == len(waits.samples) + (waits.chain._waiting is not None)
    assert (0.0, 0.0) not in [nose for *_, nose in waits.samples]


@pytest.mark.parametrize(("then", "at_s"), [(NOBODY, 0.2), (picture(), 3.0)])
def test_what_waits_is_dropped_when_the_face_or_time_is_lost(then: np.ndarray, at_s: float) -> None:
    """A crop that waits is not measured once the face has gone, nor after a gap in the frames."""
    watched = Watched()
    for k in range(2):
        watched.step(swaying(k, 10.0))
    assert 1 == len(watched.samples)
    watched.step(frame(then, at_s))
    watched.step(frame(picture(), at_s + 0.02))
    assert len(watched.samples) > 1
    assert all(measured_s >= at_s for measured_s, *_ in watched.samples[1:])


def test_a_new_reference_frame_has_its_noise_learned_anew() -> None:
    """A face that is read is settling again once the chain has taken another reference frame of it."""
    chain = Chain(Settings())
    reasons = [chain.step(swaying(k, 30.0)).no_reading for k in range(75)]
    assert reasons[-1] is None
    chain.aligner.reset()
    assert NoReading.SETTLING is [chain.step(swaying(k, 30.0)).no_reading for k in range(75, 81)][-1]


def looks(monkeypatch: pytest.MonkeyPatch, times: list[float]) -> list[float]:
    """When a follower's finder looked."""
    looked: list[float] = []
    find = FaceFinder.find
    monkeypatch.setattr(FaceFinder, "find", lambda self, given: looked.append(given.at_s) or find(self, given))
    follower = Follower(finder(), tracker())
    for at_s in times:
        follower.step(frame(picture(), at_s))
    return looked


def test_the_finder_passes_over_the_frames_beside_landmarks(monkeypatch: pytest.MonkeyPatch) -> None:
    """At 60 frames a second, landmarks in every fifth frame, the finder looks in the second one after them."""
    assert [0, 32, 62, 92] == [round(60 * at_s) for at_s in looks(monkeypatch, [k / 60 for k in range(120)])]


def test_the_finder_of_a_slow_camera_does_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """At 25 frames a second the finder looks in the frame after renewed landmarks."""
    assert [0.0, 0.5] == looks(monkeypatch, [0.0, 0.1, 0.2, 0.3, 0.4, 0.46, 0.5, 0.54])


def test_the_finder_looks_though_every_frame_is_fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """At 10 frames a second, where no frame is without landmarks, the finder looks every half second all the same."""
    assert [0.0, 0.5, 1.0] == pytest.approx(looks(monkeypatch, [k / 10 for k in range(11)]), abs=0.11)
