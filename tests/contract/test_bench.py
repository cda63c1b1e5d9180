"""The bench measures what it says, and the memory bars hold in the real processes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import cv2
import pytest

from appliance.bench.chain import Timed, summary
from appliance.bench.memory import peak_mb
from appliance.bench.pages import in_small_pages
from appliance.clock import FakeClock, SystemClock
from appliance.errors import InklingError
from tests.unit.faces import picture

SENSE_MB_MAX = 140.0
PUBLISH_MB_MAX = 45.0


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sixty frames of a swaying face at 30 Hz."""
    path = tmp_path_factory.mktemp("bench") / "face.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 30.0, (640, 480))
    for k in range(60):
        writer.write(picture(320 + k % 7)[..., ::-1])
    writer.release()
    return path


def test_every_stage_is_timed(clip: Path) -> None:
    """The child times each stage it ran: the whole on every frame after the warm-up, motion too, landmarks on fewer."""
    command = [sys.executable, "-m", "appliance.bench.chain", str(clip)]
    told = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    calls = {stage: len(spent) for stage, spent in told["spent_ms"].items()}
    assert ("640x480", 29) == (told["size"], calls["whole chain"])
    assert 29 == calls["motion"], "the warm-up ends beside the finder, the clip a frame after landmarks"
    assert 5 <= calls["landmarks"] <= 15
    assert sum(told["spent_ms"]["whole chain"]) >= sum(told["spent_ms"]["motion"])


def test_a_timed_call_takes_the_clocks_time() -> None:
    """A call during which the clock moves by 3 ms is counted as 3 ms, and gives its own answer."""
    clock = FakeClock()

    class Stage:
        def run(self, value: int) -> int:
            clock.advance_s(0.003)
            return value + 1

    timed, stage = Timed(clock), Stage()
    timed.wrap("stage", stage, "run")
    assert [2, 3] == [stage.run(1), stage.run(2)]
    assert [3.0, 3.0] == pytest.approx(timed.spent_ms["stage"])
    assert (2, 3.0) == (summary(timed.spent_ms["stage"])["calls"], summary(timed.spent_ms["stage"])["median"])


@pytest.mark.parametrize(
    ("module", "most_mb"), [("appliance.sense", SENSE_MB_MAX), ("appliance.publish", PUBLISH_MB_MAX)]
)
def test_each_process_stays_small(clip: Path, module: str, most_mb: float) -> None:
    """The real process, following a face or waiting for a broker, keeps under its bar."""
    assert 10 < peak_mb(module, clip, SystemClock(), watch_s=4.0) < most_mb


def test_a_measured_process_maps_its_own_copies(tmp_path: Path) -> None:
    """With the environment that memory is measured in, no library of NumPy, OpenCV or TFLite is the shared one."""
    program = """
import cv2, numpy
from appliance.sense import interpreter
print(sorted({line.split()[5] for line in open("/proc/self/maps") if ".so" in line and "site-packages" in line}))
print(sum("/cv2/" in line for line in open("/proc/self/maps")))
"""
    command = [sys.executable, "-c", program]
    run = subprocess.run(command, capture_output=True, text=True, check=True, env=in_small_pages(tmp_path))
    shared, mapped = run.stdout.splitlines()
    assert shared == "[]"
    assert int(mapped) > 0, "OpenCV is mapped from somewhere"


def test_a_disk_that_cannot_take_the_copies_is_told(tmp_path: Path) -> None:
    """Where the libraries cannot be written, one line names the folder and how much room they need."""
    (tmp_path / "full").write_text("a file where a folder is needed")
    with pytest.raises(InklingError, match=r"full: .*300 MB free"):
        in_small_pages(tmp_path / "full")


def test_a_process_that_cannot_start_is_told(clip: Path) -> None:
    """A module that ends at once is named; no memory is reported for it."""
    with pytest.raises(InklingError, match=r"appliance\.nothing: ended at once"):
        peak_mb("appliance.nothing", clip, SystemClock(), watch_s=20.0)
