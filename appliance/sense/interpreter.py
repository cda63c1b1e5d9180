"""The one file that imports a TFLite runtime: tflite-runtime up to Python 3.11, ai-edge-litert from 3.12."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from appliance.errors import ModelMismatch, ModelMissing
from appliance.sense.accelerator import LIBRARY

if sys.version_info >= (3, 12):
    from ai_edge_litert.interpreter import Interpreter, OpResolverType, load_delegate
else:
    from tflite_runtime.interpreter import Interpreter, OpResolverType, load_delegate

THREADS = 1
"""Two threads on a busy small machine took tflite-runtime from 0.8 to 16 ms (architecture.md)."""


class Net:
    """A TFLite net with fixed input and output shapes, run on one thread.

    Args:
        path: the .tflite file.
        sha256: its expected hash in hex.
        accelerator: "cpu", or "edgetpu" once `accelerator.usable` said so.

    Raises:
        ModelMissing: no such file.
        ModelMismatch: the hash differs, or the runtime refuses the file.
    """

    def __init__(self, path: Path, sha256: str, accelerator: str = "cpu") -> None:
        try:
            content = path.read_bytes()
        except OSError as error:
            raise ModelMissing(
                f"{path}: {error.strerror}", "Run `make setup` to fetch and check the models."
            ) from error
        found = hashlib.sha256(content).hexdigest()
        if found != sha256:
            raise ModelMismatch(
                f"{path}: sha256 {found[:12]} is not the recorded {sha256[:12]}",
                "Restore the file from the release; never edit a model without its record.",
            )
        try:
            self._net = _open(content, accelerator)
        except (ValueError, RuntimeError) as error:
            raise ModelMismatch(f"{path}: {error}", "Restore the file from the release.") from error
        (self._input,) = self._net.get_input_details()
        self._outputs = sorted(self._net.get_output_details(), key=lambda output: str(output["name"]))

    @property
    def input_shape(self) -> tuple[int, ...]:
        """Shape of the one input, batch first."""
        return tuple(int(n) for n in self._input["shape"])

    @property
    def input_dtype(self) -> np.dtype[Any]:
        """The dtype the net itself takes."""
        dtype: np.dtype[Any] = np.dtype(self._input["dtype"])
        return dtype

    def run(self, values: npt.NDArray[Any]) -> list[npt.NDArray[np.float32]]:
        """The outputs for `values` (float, in the input's shape), sorted by tensor name, as float32.

        Quantised nets are fed and read through their own scale and zero point, rounding half to even
        and saturating (TFLite 8-bit quantisation specification).
        """
        self._net.set_tensor(self._input["index"], _quantise(values, self._input))
        self._net.invoke()
        return [_dequantise(self._net.get_tensor(output["index"]), output) for output in self._outputs]

    def run_raw(self, values: npt.NDArray[Any]) -> list[npt.NDArray[Any]]:
        """As `run`, with the outputs as the net's own integers, so that two runtimes can be compared bit by bit."""
        self._net.set_tensor(self._input["index"], _quantise(values, self._input))
        self._net.invoke()
        return [self._net.get_tensor(output["index"]).copy() for output in self._outputs]


def _open(content: bytes, accelerator: str) -> Any:
    """An interpreter ready to run: XNNPACK for float nets, the built-in kernels alone for int8 ones.

    XNNPACK rounds int8 averages otherwise than the built-in kernels (109 of 2,400 outputs differed by one), and only
    one of the two runtimes uses it for int8; without it both give the same integers (docs/decisions/0004).
    """
    plain = OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
    delegates = [load_delegate(LIBRARY)] if accelerator == "edgetpu" else None
    with _quiet():
        net: Any = Interpreter(
            model_content=content,
            num_threads=THREADS,
            experimental_op_resolver_type=plain,
            experimental_delegates=delegates,
        )
        if np.dtype(net.get_input_details()[0]["dtype"]).kind == "f":
            net = Interpreter(model_content=content, num_threads=THREADS)
        net.allocate_tensors()
    return net


@contextmanager
def _quiet() -> Iterator[None]:
    """Swallow what the runtime's C++ prints on stderr ("INFO: Created ... delegate"), which no setting turns off.

    Through a pipe that nobody reads, not a file: this process writes none. What matters comes as an exception.
    """
    kept = os.dup(2)
    reader, writer = os.pipe()
    os.dup2(writer, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        for fd in (kept, reader, writer):
            os.close(fd)


def _quantise(values: npt.NDArray[Any], detail: dict[str, Any]) -> npt.NDArray[Any]:
    dtype = np.dtype(detail["dtype"])
    shaped = np.asarray(values, np.float32).reshape(detail["shape"])
    if dtype.kind != "i":
        return shaped.astype(dtype)
    scale, zero = detail["quantization"]
    limits = np.iinfo(dtype)
    quantised: npt.NDArray[Any] = np.clip(np.rint(shaped / scale) + zero, limits.min, limits.max).astype(dtype)
    return quantised


def _dequantise(values: npt.NDArray[Any], detail: dict[str, Any]) -> npt.NDArray[np.float32]:
    if np.dtype(detail["dtype"]).kind != "i":
        return values.astype(np.float32)
    scale, zero = detail["quantization"]
    real: npt.NDArray[np.float32] = ((values.astype(np.float32) - zero) * scale).astype(np.float32)
    return real
