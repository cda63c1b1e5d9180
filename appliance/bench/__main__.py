"""Runs the bench and prints its tables: chain and peer in turn, then each process's memory."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterable
from itertools import chain
from pathlib import Path
from typing import Any

from appliance.bench.chain import summary
from appliance.bench.memory import peak_mb
from appliance.clock import Clock, SystemClock
from appliance.errors import InklingError, ToolMissing
from appliance.sense.lock import PACKAGED_FOLDER, read_lock
from models.clips.progress import Progress
from models.fetch import fetch

ROUNDS = 3
"""Chain and peer play the clip so often, in turn: a machine's speed drifts within a minute (one after the other, their
ratio went from .27 to .50 on one that was otherwise idle)."""
PEER_FOLDER = Path(".cache/peer")
PEER_PACKAGES = ("absl-py", "certifi", "flatbuffers", "matplotlib", "numpy", "opencv-python-headless", "sounddevice")
"""What MediaPipe's Python imports; the headless OpenCV stands for its own, which wants a display's libraries."""
PEER_VERSION = "1.2.2"
PEER_TASK = "face_landmarker.task"


def main() -> int:
    """Print ms a frame per stage, the peer's, and peak memory; 0, or 2 with one line when something is missing."""
    parser = argparse.ArgumentParser(prog="python -m appliance.bench", description=__doc__)
    parser.add_argument("--clip", type=Path, help="a clip with a face (default: the planted demo clip, 640x480)")
    parser.add_argument("--no-peer", action="store_true", help="leave MediaPipe out (its own environment takes 0.5 GB)")
    options = parser.parse_args()
    try:
        bench(options.clip or _demo_clip(), not options.no_peer, SystemClock())
    except InklingError as error:
        print(f"bench: {error}", file=sys.stderr)
        return 2
    return 0


def _demo_clip() -> Path:
    from models.clips.demo import demo_clip  # noqa: PLC0415  # heavy, and only needed without --clip

    return demo_clip()


def bench(clip: Path, with_peer: bool, clock: Clock) -> None:
    """Measure on `clip` and print.

    Raises:
        InklingError: the clip, a model or the peer is missing.
    """
    print(f"{clip.name}, one thread, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores, {ROUNDS} rounds")
    peer_command = _peer_command(clip) if with_peer else None
    chains, peers = [], []
    with Progress("bench", ROUNDS) as bar:
        for _ in range(ROUNDS):
            begin_s = clock.monotonic_s()
            chains.append(_child([sys.executable, "-m", "appliance.bench.chain", str(clip)]))
            chains[-1]["start_s"] = chains[-1]["first_frame_s"] - begin_s
            if peer_command:
                peers.append(_child(peer_command))
            bar.step()
    print(f"{chains[0]['size']}, from start to first frame {min(each['start_s'] for each in chains):.2f} s\n")
    print(f"{'ms a call':<34}{'calls':>6}{'median':>9}{'p95':>9}{'p99':>9}{'mean':>9}")
    times = {stage: summary(_pooled(each["spent_ms"][stage] for each in chains)) for stage in chains[0]["spent_ms"]}
    for stage, row in times.items():
        _print_row(stage, row)
    whole = times["whole chain"]
    if peers:
        peer = summary(_pooled(each["spent_ms"] for each in peers))
        _print_row(f"peer: MediaPipe {PEER_VERSION} FaceLandmarker", peer)
        print(f"\nchain / peer, median: {whole['median'] / peer['median']:.2f}")
        print(f"peer's peak memory {max(each['peak_mb'] for each in peers):.0f} MB")
    print(f"\nwhole chain {1000 / whole['mean']:.0f} frames a second on one core")
    for name in ("sense", "publish"):
        print(f"{name}: peak memory {peak_mb(f'appliance.{name}', clip, clock):.0f} MB")


def _pooled(rounds: Iterable[list[float]]) -> list[float]:
    return list(chain.from_iterable(rounds))


def _print_row(name: str, times: dict[str, float]) -> None:
    numbers = "".join(f"{times[key]:>9.2f}" for key in ("median", "p95", "p99", "mean") if key in times)
    print(f"{name:<34}{times['calls']:>6}{numbers}")


def _child(command: list[str]) -> Any:
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  # our own programs
    if done.returncode != 0:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise InklingError(
            f"{' '.join(command[1:3])}: {reason}", "Give a whole clip with a face, and run `make setup`."
        )
    return json.loads(done.stdout)


def _peer_command(clip: Path) -> list[str]:
    """What times the peer; its environment is made on the first run, beside and not inside Inkling's own."""
    fetch(read_lock(PACKAGED_FOLDER)[PEER_TASK], PACKAGED_FOLDER / "fetched")
    python = PEER_FOLDER / "bin" / "python"
    if not (PEER_FOLDER / ".done").exists():
        print(f"installing mediapipe {PEER_VERSION} into {PEER_FOLDER} ...", flush=True)
        _install([sys.executable, "-m", "venv", str(PEER_FOLDER)])
        pip = [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
        _install([*pip, "--no-deps", f"mediapipe=={PEER_VERSION}"])
        _install([*pip, *PEER_PACKAGES])
        (PEER_FOLDER / ".done").touch()
    script = PACKAGED_FOLDER.parent / "provisioning" / "peer.py"
    return [str(python), str(script), str(PACKAGED_FOLDER / "fetched" / PEER_TASK), str(clip)]


def _install(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  # our own programs
    if done.returncode != 0:
        raise ToolMissing("the peer could not be installed", "Check the network, or leave it out with --no-peer.")


if __name__ == "__main__":
    sys.exit(main())
