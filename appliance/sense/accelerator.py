"""Whether a Coral Edge TPU can be used: tried first in a child process, because a delegate that does not fit crashes.

libedgetpu must be built for the runtime's own TensorFlow version; if it is not, loading it ends the process with a
segmentation fault (edgetpu issue 812), which no `except` can catch.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Sequence

LIBRARY = "libedgetpu.so.1"
"""The name libedgetpu's own package installs (coral.ai, "Run inference on the Edge TPU with Python")."""
PROBE_S = 20.0
"""A USB Coral loads its firmware and appears a second time on the bus, which takes some seconds."""
MODULE = "ai_edge_litert.interpreter" if sys.version_info >= (3, 12) else "tflite_runtime.interpreter"
PROBE = f"from {MODULE} import load_delegate; load_delegate({LIBRARY!r})"


def _probe(command: Sequence[str]) -> int:
    """The exit status of `command`; 1 when it does not end in time."""
    try:
        return subprocess.run(command, capture_output=True, check=False, timeout=PROBE_S).returncode  # noqa: S603
    except subprocess.TimeoutExpired:
        return 1


def usable(wanted: str, probe: Callable[[Sequence[str]], int] = _probe) -> str:
    """The accelerator to run on, "cpu" or "edgetpu": the `wanted` one if a child process could load its delegate.

    A fallback from "edgetpu" to "cpu" is the fault ACCELERATOR_FALLBACK, which the caller reports.
    """
    if wanted != "edgetpu":
        return "cpu"
    return "edgetpu" if probe([sys.executable, "-c", PROBE]) == 0 else "cpu"
