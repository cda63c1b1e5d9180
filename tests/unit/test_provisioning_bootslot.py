"""Which slot starts: autoboot.txt as the firmware reads it, and RAUC's questions."""

from __future__ import annotations

from pathlib import Path

import pytest

from appliance.clock import FakeClock
from provisioning.device import bootslot, commit, update
from provisioning.device.bootslot import Boot


@pytest.fixture(autouse=True)
def device(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A device that runs slot A and has only ever run slot A."""
    monkeypatch.setattr(bootslot, "AUTOBOOT", tmp_path / "autoboot.txt")
    monkeypatch.setattr(bootslot, "COMMAND_LINE", tmp_path / "cmdline")
    monkeypatch.setattr(bootslot, "REBOOT_PARAM", tmp_path / "run/reboot-param")
    monkeypatch.setattr(bootslot, "BAD", tmp_path / "rauc/bad")
    (tmp_path / "autoboot.txt").write_text(Boot("A", "B").text())
    runs(tmp_path, "A")
    return tmp_path


def runs(device: Path, slot: str) -> None:
    """Let the device run `slot`, just started."""
    (device / "cmdline").write_text(f"root=PARTLABEL=system_{slot.lower()} ro rauc.slot={slot} quiet\n")
    (device / "run/reboot-param").unlink(missing_ok=True)


def asked(capsys: pytest.CaptureFixture[str], *question: str) -> str:
    """What the backend answers RAUC."""
    assert 0 == bootslot.main(question)
    return capsys.readouterr().out.strip()


def test_autoboot_comes_back_as_written() -> None:
    """Each pair of slots survives text and parsing, also with Windows line ends."""
    for pair in (Boot("A", "B"), Boot("B", "A"), Boot("A", "A")):
        assert pair == Boot.parse(pair.text()) == Boot.parse(pair.text().replace("\n", "\r\n"))


@pytest.mark.parametrize(
    "text", ["", "[all]\nboot_partition=2\n", "[all]\nboot_partition=9\n[tryboot]\nboot_partition=3"]
)
def test_a_broken_autoboot_is_refused(text: str) -> None:
    """A file without both numbers, or with an unknown partition, is an error and not a guess."""
    with pytest.raises(ValueError, match=r"autoboot\.txt"):
        Boot.parse(text)


def test_an_update_is_armed_on_trial_only(device: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Making B primary leaves A the slot that always starts, and asks the firmware for one start of B."""
    asked(capsys, "set-primary", "B")
    assert Boot("A", "B") == bootslot.read()
    assert "0 tryboot" == (device / "run/reboot-param").read_text()
    assert "B" == asked(capsys, "get-primary")


def test_a_trial_ends_by_itself(device: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a word from the slot on trial, the next start is the old slot's."""
    asked(capsys, "set-primary", "B")
    runs(device, "B")
    assert bootslot.on_trial(bootslot.read(), bootslot.running())
    assert "A" == asked(capsys, "get-primary")


def test_a_good_trial_becomes_the_slot_that_starts(device: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Once the running slot calls itself good, it is the one that always starts."""
    asked(capsys, "set-primary", "B")
    runs(device, "B")
    asked(capsys, "set-state", "B", "good")
    assert Boot("B", "A") == bootslot.read()


def test_a_slot_being_written_is_bad_until_it_is_whole(capsys: pytest.CaptureFixture[str]) -> None:
    """RAUC marks a slot bad before it writes, and the mark lasts until it is whole and made primary."""
    asked(capsys, "set-state", "B", "bad")
    assert ("bad", "good") == (asked(capsys, "get-state", "B"), asked(capsys, "get-state", "A"))
    asked(capsys, "set-primary", "B")
    assert "good" == asked(capsys, "get-state", "B")
    assert Boot("A", "B") == bootslot.read()


def test_the_slot_in_use_is_never_called_primary_by_another(device: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Calling B good while A runs changes nothing about what starts."""
    asked(capsys, "set-state", "B", "good")
    assert Boot("A", "B") == bootslot.read()
    assert not (device / "run/reboot-param").exists()


def test_no_update_while_on_trial(
    device: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An update is refused while the running slot is on trial: it would overwrite the only good one."""
    runs(device, "B")
    monkeypatch.setattr(update.subprocess, "run", lambda *_, **__: pytest.fail("RAUC was called"))
    assert 3 == update.install(Path("x.raucb"))
    assert "on trial" in capsys.readouterr().err


SHOWN = """Id=inkling-sense.service
ActiveState={sense}
StatusText={seeing}

Id=inkling-publish.service
ActiveState={publish}
StatusText={text}
"""


@pytest.mark.parametrize(
    ("sense", "seeing", "publish", "text", "healthy"),
    [
        ("active", "well", "active", "connected", True),
        ("active", "waiting", "active", "connected", False),
        ("active", "", "active", "connected", False),
        ("active", "well", "active", "connecting", False),
        ("active", "well", "active", "", False),
        ("activating", "well", "active", "connected", False),
        ("active", "well", "failed", "connected", False),
    ],
)
def test_health_needs_both_services_and_the_broker(
    sense: str, seeing: str, publish: str, text: str, *, healthy: bool
) -> None:
    """Healthy is: sense has put a frame through, publish is ready, and the broker has accepted it; nothing less."""
    states = commit.parse(SHOWN.format(sense=sense, seeing=seeing, publish=publish, text=text))
    assert healthy == commit.is_healthy(states)


def test_an_unhealthy_trial_is_given_up_at_its_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    """A device that never gets healthy is waited for no longer than the deadline."""
    clock = FakeClock()
    monkeypatch.setattr(commit, "_states", dict)
    assert not commit.wait_healthy(clock, 900)
    assert 900 <= clock.monotonic_s() < 910
