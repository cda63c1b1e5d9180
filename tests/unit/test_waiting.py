"""After renewed landmarks a crop's motion is measured in the next frame, and nothing else changes."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from appliance.sense.face import FaceFinder
from appliance.sense.follow import Follower
from appliance.sense.frame import Frame
from appliance.sense.pipeline import Chain
from appliance.settings import Settings
from tests.unit.faces import finder, frame, picture, tracker

NOBODY = np.full((480, 640, 3), 90, np.uint8)


class Watched:
    """A chain of which each call of the landmark net and each measured motion is noted."""

    def __init__(self) -> None:
        self.chain = Chain(Settings())
        self.samples: list[tuple[float, bytes, bool, bool, bool, bool]] = []
        self.calls: list[str] = []
        self._note(self.chain.follower.tracker, "follow", lambda *_: self.calls.append("net"))
        self._note(self.chain.meter, "measure", lambda *_: self.calls.append("motion"))
        self._note(
            self.chain.spotter,
            "step",
            lambda s: self.samples.append((s.at_s, s.regions.tobytes(), s.blink, s.talking, s.moving, s.turning)),
        )

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


def test_no_frame_pays_for_landmarks_and_motion() -> None:
    """At 60 frames a second each frame but the first runs the net, or one motion, or after the net two motions."""
    watched = Watched()
    calls = [watched.step(swaying(k, 60.0)) for k in range(1, 41)]
    assert ["motion"] == calls[0]
    assert {("net",), ("motion",), ("motion", "motion")} == {tuple(each) for each in calls}
    assert all(after == ["motion", "motion"] for each, after in pairwise(calls) if each == ["net"])


def test_slow_frames_wait_one_by_one() -> None:
    """At 10 frames a second, where each renews its landmarks, each measures one motion: that of the one before."""
    watched = Watched()
    assert [["motion"], ["net"], *[["motion", "net"]] * 3] == [
        sorted(watched.step(swaying(k, 10.0))) for k in range(1, 6)
    ]
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
    assert len(waits.samples) >= 39


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


def looks(monkeypatch: pytest.MonkeyPatch, times: list[float]) -> list[float]:
    """When a follower's finder looked."""
    looked: list[float] = []
    find = FaceFinder.find
    monkeypatch.setattr(FaceFinder, "find", lambda self, given: looked.append(given.at_s) or find(self, given))
    follower = Follower(finder(), tracker())
    for at_s in times:
        follower.step(frame(picture(), at_s))
    return looked


def test_the_finder_passes_over_the_frame_after_landmarks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Due in the frame after renewed landmarks, the finder looks in the one after it."""
    assert [0.0, 0.52] == looks(monkeypatch, [0.0, 0.1, 0.2, 0.3, 0.4, 0.49, 0.505, 0.52])


def test_the_finder_of_a_slow_camera_does_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """At 25 frames a second the finder looks in the frame after renewed landmarks."""
    assert [0.0, 0.5] == looks(monkeypatch, [0.0, 0.1, 0.2, 0.3, 0.4, 0.46, 0.5, 0.54])


def test_the_finder_looks_though_every_frame_is_fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """At 10 frames a second, where no frame is without landmarks, the finder looks every half second all the same."""
    assert [0.0, 0.5, 1.0] == pytest.approx(looks(monkeypatch, [k / 10 for k in range(11)]), abs=0.11)
