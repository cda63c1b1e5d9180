"""Times the chain over one clip, in a process of its own: `python -m appliance.bench.chain CLIP`. JSON out."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from appliance.clock import Clock, SystemClock
from appliance.sense.clip import ClipSource
from appliance.sense.pipeline import Chain
from appliance.settings import Settings

WARM_UP_FRAMES = 30
"""Not counted: the first frames fill caches and find the face."""


class Timed:
    """Times calls of stages without their knowing.

    Args:
        clock: where time comes from.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.spent_ms: dict[str, list[float]] = {}

    def wrap(self, stage: str, owner: Any, method: str) -> None:
        """Time every call of owner.method under the name `stage`."""
        call: Callable[..., Any] = getattr(owner, method)
        spent = self.spent_ms.setdefault(stage, [])

        def timed(*arguments: Any) -> Any:
            begin_s = self._clock.monotonic_s()
            result = call(*arguments)
            spent.append(1000.0 * (self._clock.monotonic_s() - begin_s))
            return result

        setattr(owner, method, timed)

    def forget(self) -> None:
        """Start counting anew."""
        for spent in self.spent_ms.values():
            spent.clear()


def stages(chain: Chain, timed: Timed) -> None:
    """Wrap every stage of `chain`, and the chain itself, into `timed`."""
    timed.wrap("face finding", chain.follower.finder, "find")
    timed.wrap("landmarks", chain.follower.tracker, "follow")
    timed.wrap("alignment", chain.aligner, "cut")
    timed.wrap("motion", chain.meter, "measure")
    timed.wrap("spotting", chain.spotter, "step")
    timed.wrap("classification", chain.classifier, "classify")
    timed.wrap("whole chain", chain, "step")


def summary(spent_ms: list[float]) -> dict[str, float]:
    """Calls, median, p95, p99 and mean of `spent_ms`, in milliseconds."""
    if not spent_ms:
        return {"calls": 0}
    median, p95, p99 = np.percentile(spent_ms, [50, 95, 99])
    return {
        "calls": len(spent_ms),
        "median": round(float(median), 3),
        "p95": round(float(p95), 3),
        "p99": round(float(p99), 3),
        "mean": round(float(np.mean(spent_ms)), 3),
    }


def main(clip: Path) -> int:
    """Print one JSON object: `first_frame_s` on the machine's monotonic clock, size, and each stage's calls in ms."""
    cv2.setNumThreads(1)
    clock = SystemClock()
    timed = Timed(clock)
    chain = Chain(Settings())
    stages(chain, timed)
    first_frame_s = 0.0
    with ClipSource(clip) as source:
        while (frame := source.read()) is not None:
            chain.step(frame)
            if frame.index == 0:
                first_frame_s = clock.monotonic_s()
            if frame.index == WARM_UP_FRAMES:
                timed.forget()
            height, width = frame.image.shape[:2]
    result = {"first_frame_s": first_frame_s, "size": f"{width}x{height}", "spent_ms": timed.spent_ms}
    json.dump(result, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
