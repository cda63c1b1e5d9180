"""The one command-line tool."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from appliance.cli import COMMANDS, main

SCREEN_LINES = 24
SCREEN_COLUMNS = 80


def test_help_fits_a_screen() -> None:
    """`inkling --help` has at most 24 lines of 80 columns."""
    done = subprocess.run(
        [sys.executable, "-m", "appliance.cli", "--help"],
        capture_output=True,
        text=True,
        check=True,
        env={"COLUMNS": str(SCREEN_COLUMNS)},
    )
    lines = done.stdout.splitlines()
    assert len(lines) <= SCREEN_LINES
    assert [] == [line for line in lines if len(line) > SCREEN_COLUMNS]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    """`inkling COMMAND --help` names the command and ends well."""
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert 0 == ended.value.code
    assert f"inkling {command}" in capsys.readouterr().out


def test_an_unknown_command_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """A word that is no command ends with status 2 and names it."""
    with pytest.raises(SystemExit) as ended:
        main(["fly"])
    assert 2 == ended.value.code
    assert "fly" in capsys.readouterr().err


def test_bad_input_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A setting out of bounds gives one line with place, bound and advice, and status 2."""
    path = tmp_path / "inkling.toml"
    path.write_text("[camera]\nrate_hz = 900\n")
    assert 2 == main(["config", "--config", str(path)])
    assert "inkling config: camera.rate_hz: 900 is outside 5..200. Choose a value inside.\n" == capsys.readouterr().err


def test_config_prints_the_effective_settings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`inkling config` prints what was set and the defaults beside it."""
    path = tmp_path / "inkling.toml"
    path.write_text('[site]\ndevice = "ink-1"\n')
    assert 0 == main(["config", "--config", str(path)])
    shown = capsys.readouterr().out
    assert 'device = "ink-1"' in shown
    assert "rate_hz = 60" in shown
