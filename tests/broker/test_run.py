"""`inkling run` as a newcomer starts it: real processes, a real broker, a face that moves."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.clock import SystemClock
from models.clips.demo import demo_clip
from tests.broker.recorded import Run

RUN = [sys.executable, "-m", "appliance.cli", "run"]


@pytest.fixture(scope="module")
def summary(demo_run: Run) -> str:
    """What `inkling run` prints on a pipe; it ended with status 0 and said nothing on standard error."""
    return demo_run.said


def test_the_frown_and_a_micro_come_back_through_the_broker(summary: str) -> None:
    """The planted sustained frown and at least one micro-expression are found with their kind."""
    rows = re.findall(r"^\s*[\d.]+ s\s+(micro|sustained) \w+\s+(micro|sustained|-)", summary, re.MULTILINE)
    assert ("sustained", "sustained") in rows
    assert ("micro", "micro") in rows


def test_the_light_is_lit(summary: str) -> None:
    """The staff light shows check in during the demo."""
    assert "light  amber: check in" in summary


def test_progress_and_reasons_are_shown(summary: str) -> None:
    """The plain view tells how far the clip is, and the summary frames and speed."""
    assert re.search(r"of \d+ s  \d+ frames", summary)
    assert re.search(r"\d+ frames in [\d.]+ s \(\d+ fps\)", summary)


@pytest.fixture
def running(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """The demo on its clip, started and left to run, open to Ctrl-C as in a terminal."""
    # A background job of a shell ignores Ctrl-C (POSIX.1-2017, sh, 2.11) and passes that on to what it starts.
    inherited = signal.signal(signal.SIGINT, signal.default_int_handler)
    process = subprocess.Popen(
        RUN, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ | {"TMPDIR": str(tmp_path)}
    )
    signal.signal(signal.SIGINT, inherited)
    yield process
    process.kill()
    process.communicate()


def wait_for_line(process: subprocess.Popen[str], pattern: str) -> str:
    """The first line of the demo that matches; fails when it ends without one."""
    assert process.stdout is not None
    for line in process.stdout:
        if re.search(pattern, line):
            return line
    pytest.fail(f"no line matched {pattern}")


def child_of(parent: int, module: str) -> int:
    """Process id of the child of `parent` that runs `module`, or 0."""
    listed = subprocess.run(["ps", "-eo", "pid=,ppid=,args="], capture_output=True, text=True, check=True).stdout
    rows = (line.split(None, 2) for line in listed.splitlines())
    return next((int(pid) for pid, ppid, args in rows if int(ppid) == parent and f"-m {module} " in args), 0)


def test_ctrl_c_ends_it_cleanly(running: subprocess.Popen[str], tmp_path: Path) -> None:
    """Ctrl-C in the middle ends with the summary, status 0, no traceback, no process and no file left."""
    wait_for_line(running, r"\d+ frames")
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=30)
    assert (0, "") == (running.returncode, err)
    assert "events through the broker" in out
    assert [] == list(tmp_path.glob("inkling-*"))


@pytest.mark.parametrize("module", ["appliance.sense", "appliance.publish"])
def test_a_killed_process_comes_back(module: str, running: subprocess.Popen[str]) -> None:
    """A killed sense or publish process is noticed, named and started again, and the demo goes on to its end."""
    wait_for_line(running, r"\d+ frames")
    first = child_of(running.pid, module)
    os.kill(first, signal.SIGKILL)
    clock = SystemClock()
    end_s = clock.monotonic_s() + 30
    while (again := child_of(running.pid, module)) in (0, first):
        assert clock.monotonic_s() < end_s
        clock.wait_s(0.05)
    assert again != first
    wait_for_line(running, rf"{module.split('.')[1]} died .* started again")
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=30)
    assert (0, "") == (running.returncode, err)
    assert "restarted" in out


def test_the_demo_clip_is_cached() -> None:
    """Asked for twice, the demo clip is made once."""
    first = demo_clip().stat().st_mtime_ns
    assert first == demo_clip().stat().st_mtime_ns


@pytest.mark.parametrize(("content", "fact"), [(None, "no such clip"), ("hello", "not a video"), ("cut", "ends after")])
def test_a_bad_clip_is_one_line(content: str | None, fact: str, tmp_path: Path) -> None:
    """A missing clip, a text file named .mp4 and a cut mp4 each end with one line and a status that is not 0."""
    path = tmp_path / "some.mp4"
    if content == "cut":
        path.write_bytes(demo_clip().read_bytes()[:20_000])
    elif content:
        path.write_text(content)
    done = subprocess.run([*RUN, "--clip", str(path)], capture_output=True, text=True, check=False, timeout=60)
    assert 2 == done.returncode
    assert 1 == len(done.stderr.splitlines())
    assert fact in done.stderr
