"""House rules as an ordinary test (TigerBeetle's tidy): sizes, banned words, no writing in sense."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

from tests.boundary.source import ROOT, functions, python_files

PRODUCT = python_files("appliance", "models", "provisioning")
TESTS = [path for path in python_files("tests") if path.name.startswith("test_")]
FILE_LINES_MAX = 250
FUNCTION_LINES_MAX = 60
BANNED = {
    "imwrite": "writes a picture",
    "pickle": "reads code from data",
    "eval(": "runs data as code",
    "except:": "hides every error",
}
VAGUE = {"utils", "helpers", "common", "manager", "core", "misc"}


@pytest.mark.parametrize("path", PRODUCT, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_files_stay_readable(path: Path) -> None:
    """A file has at most 250 lines, its functions at most 60, and its name says what is in it."""
    assert len(path.read_text().splitlines()) <= FILE_LINES_MAX
    long = [f.name for f in functions(path) if (f.end_lineno or f.lineno) - f.lineno + 1 > FUNCTION_LINES_MAX]
    assert [] == long
    assert path.stem not in VAGUE


@pytest.mark.parametrize("word", BANNED)
def test_banned_words_stay_out(word: str) -> None:
    """No file of the device uses a word that writes pictures, runs data, or hides errors."""
    found = [
        path.name for path in python_files("appliance") if re.search(rf"(?<![\w.]){re.escape(word)}", path.read_text())
    ]
    assert [] == found


def writes(path: Path) -> list[str]:
    """Calls in `path` that could open a file for writing."""
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        text = ast.unparse(node)
        if name in {"write_text", "write_bytes", "imwrite", "save", "savez", "tofile", "memmap", "VideoWriter"}:
            found.append(text)
        if name == "open" and re.search(r"""['"][rbt]*[wax+]|O_CREAT|O_RDWR""", text):
            found.append(text)
    return found


def test_sense_opens_nothing_for_writing() -> None:
    """No file of the sensing process opens, saves or creates a file (rule 1)."""
    assert {} == {
        path.name: found for path in python_files("appliance/sense", "appliance/cue") if (found := writes(path))
    }


def test_the_write_check_sees_a_write(tmp_path: Path) -> None:
    """The check above finds a picture saved by any of the usual ways."""
    bad = tmp_path / "bad.py"
    bad.write_text("cv2.imwrite('a.png', x)\nopen('a', 'wb')\nPath('a').write_bytes(b'')\nnp.savez('a', x)\n")
    assert 4 == len(writes(bad))


def test_time_passes_only_in_the_clock() -> None:
    """Nothing of the device sleeps or reads the time but through `clock`."""
    users = [
        path.name
        for path in python_files("appliance")
        if path.name != "clock.py" and re.search(r"\btime\.(sleep|time|monotonic)\(", path.read_text())
    ]
    assert [] == users


@pytest.mark.parametrize("path", TESTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_test_says_what_it_claims(path: Path) -> None:
    """Each test function has a docstring, and none sleeps."""
    silent = [f.name for f in functions(path) if f.name.startswith("test_") and not ast.get_docstring(f)]
    assert [] == silent
    assert not re.search(r"\btime\.sleep\((?!0\b)", path.read_text().replace('"time.sleep', ""))


def test_nothing_large_or_foreign_is_tracked() -> None:
    """The repository holds no file over 1.5 MiB, no video, and no registry's address."""
    tracked = subprocess.run(["git", "ls-files", "-z"], capture_output=True, text=True, check=True, cwd=ROOT).stdout
    paths = [ROOT / name for name in tracked.split("\0") if name and (ROOT / name).exists()]
    assert [] == [path.name for path in paths if path.stat().st_size > 1_500_000]
    assert [] == [
        path.name
        for path in paths
        if path.suffix in {".mp4", ".mov", ".avi", ".npz", ".mkv"} and "golden" not in path.parts
    ]
    host = re.compile(rb"https?://[a-z.]*(pyp" + rb"i|pythonhos" + rb"ted|npmj" + rb"s)\.(org|com)")
    assert [] == [path.name for path in paths if host.search(path.read_bytes())]
