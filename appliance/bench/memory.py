"""Peak memory of the real processes: each is started as in production, watched for a while, and stopped."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from appliance.bench.pages import in_small_pages
from appliance.clock import Clock
from appliance.config import render
from appliance.errors import InklingError
from appliance.settings import Settings

WATCH_S = 12.0
"""Long enough for the models to load, a face to be followed and an expression to be classified."""

STEP_S = 0.2


def peak_mb(module: str, clip: Path, clock: Clock, watch_s: float = WATCH_S) -> float:
    """Peak resident memory (VmHWM) in MB of `python -m module` in its first `watch_s` with `clip` as camera.

    Its libraries are mapped in small pages, however this machine holds them.

    Raises:
        InklingError: the process ended at once.
    """
    with tempfile.TemporaryDirectory(prefix="inkling-bench-") as name:
        folder = Path(name)
        env = in_small_pages(folder / "packages")
        fifo, config = folder / "events", folder / "inkling.toml"
        os.mkfifo(fifo, 0o600)
        reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)  # sense starts only when somebody listens
        held = os.open(fifo, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)  # as systemd's socket unit does
        base = Settings()
        settings = replace(
            base,
            camera=replace(base.camera, source=str(clip)),
            link=replace(base.link, fifo=str(fifo)),
            outbox=replace(base.outbox, path=str(folder / "outbox.db")),
        )
        config.write_text(render(settings))
        command = [sys.executable, "-m", module, "--config", str(config)]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=env)  # noqa: S603
        try:
            return _watch(process, module, clock, watch_s)
        finally:
            process.terminate()
            process.wait(10)
            os.close(reader)
            os.close(held)


def _watch(process: subprocess.Popen[bytes], module: str, clock: Clock, watch_s: float) -> float:
    peak_kb = 0
    end_s = clock.monotonic_s() + watch_s
    while clock.monotonic_s() < end_s:
        seen_kb = _high_water_kb(process.pid)
        if seen_kb is None:
            break
        peak_kb = max(peak_kb, seen_kb)
        clock.wait_s(STEP_S)
    if not peak_kb or process.poll() not in (None, 0):
        raise InklingError(f"{module}: ended at once", "Run it by hand with --config to see why.")
    return peak_kb / 1024


def _high_water_kb(pid: int) -> int | None:
    """VmHWM of process `pid` in KiB (proc(5)); None once it has ended."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM:")), None)
