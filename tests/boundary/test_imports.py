"""Rule 1 and the process boundary: what sees has no network, what publishes can hold no picture."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.boundary.source import ROOT, importers, imports

PICTURE = [
    "numpy",
    "cv2",
    "picamera2",
    "tflite_runtime",
    "ai_edge_litert",
    "PIL",
    "mmap",
    "appliance.sense",
    "appliance.cue",
]
NETWORK = ["socket", "ssl", "http", "urllib", "asyncio", "paho", "appliance.publish"]
ADAPTERS = {
    "picamera2": {"sense/picamera.py"},
    "tflite_runtime": {"sense/interpreter.py"},
    "ai_edge_litert": {"sense/interpreter.py"},
    "serial": {"cue/serial_port.py"},
    "gpiozero": {"cue/gpio.py"},
    "paho": {"publish/client.py", "demo/subscriber.py", "fleet/consumer.py", "fleet/naive.py"},
}
"""Library -> the one adapter file that may import it (the subscribers of demo and fleet stand for IT's)."""
PURE = ["sense/policy.py", "sense/spot.py", "cue/pattern.py", "publish/topics.py", "wire.py", "publish/payload.py"]


def loaded_by(module: str) -> set[str]:
    """Names in `sys.modules` after a fresh interpreter imported `module`."""
    code = f"import sys; import {module}; print('\\n'.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    return set(done.stdout.split())


@pytest.mark.parametrize("name", PICTURE)
def test_publish_loads_nothing_that_can_hold_a_picture(name: str) -> None:
    """A fresh interpreter that imports the publishing process has no picture library in memory."""
    assert name not in loaded_by("appliance.publish.__main__")


@pytest.mark.parametrize("name", ["paho", "appliance.publish", "appliance.demo", "amqtt"])
def test_sense_loads_no_client(name: str) -> None:
    """A fresh interpreter that imports the sensing process has no MQTT client in memory."""
    assert name not in loaded_by("appliance.sense.__main__")


@pytest.mark.parametrize("module", ["appliance.sense.motion", "appliance.bench.chain", "models.benchmark"])
def test_matrices_start_no_threads(module: str) -> None:
    """Importing what computes leaves the process with its one thread: OpenBLAS starts none (docs/decisions/0028)."""
    code = f"import os, {module}; print(len(os.listdir('/proc/self/task')))"
    bare = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT, env=bare)
    assert "1" == done.stdout.strip()


@pytest.mark.parametrize("name", NETWORK)
@pytest.mark.parametrize("folder", ["sense", "cue"])
def test_sense_and_cue_never_name_a_network_module(folder: str, name: str) -> None:
    """No file of the sensing side imports a module that can open a network connection."""
    assert [] == importers(ROOT / "appliance" / folder, name, set())


@pytest.mark.parametrize("library", ADAPTERS)
def test_each_device_library_has_one_adapter(library: str) -> None:
    """A device library is imported by its adapter file alone."""
    assert [] == importers(ROOT / "appliance", library, ADAPTERS[library])


def test_capture_stays_in_the_camera_files() -> None:
    """cv2.VideoCapture stands in the camera and clip adapters only."""
    users = {
        path.relative_to(ROOT / "appliance").as_posix()
        for path in (ROOT / "appliance").rglob("*.py")
        if "VideoCapture" in path.read_text()
    }
    assert users <= {"sense/camera.py", "sense/clip.py", "sense/capture.py"}


@pytest.mark.parametrize("name", PURE)
def test_pure_files_know_no_time_chance_or_machine(name: str) -> None:
    """The pure files import neither time, random, os nor logging: time is a parameter."""
    assert set() == imports(ROOT / "appliance" / name) & {"time", "random", "os", "logging", "datetime"}


@pytest.mark.parametrize(
    ("file", "line"),
    [("appliance/sense/spot.py", "import ssl"), ("appliance/publish/payload.py", "import numpy")],
)
def test_the_contracts_break_when_the_boundary_is_crossed(tmp_path: Path, file: str, line: str) -> None:
    """One stray import on either side makes lint-imports fail and name the file."""
    shutil.copytree(ROOT / "appliance", tmp_path / "appliance")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    target = tmp_path / file
    target.write_text(target.read_text().replace("from __future__ import annotations", f"{line}  # noqa"))
    linter = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run(
        [linter, "--no-cache"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path)},
    )
    assert done.returncode == 1
    assert "BROKEN" in done.stdout
    assert file.removesuffix(".py").replace("/", ".") in done.stdout
