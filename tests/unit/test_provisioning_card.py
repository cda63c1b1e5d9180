"""Flashing: what is refused, what is written, what is read back; all on plain files."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path
from typing import Any

import pytest

from provisioning import card, flash, identity, wipe
from provisioning.image.disk import assemble, make_fat, make_persistent
from provisioning.image.layout import MIB, offset, size
from provisioning.tools import Refused, run

GB = card.GB


def disk(**changes: Any) -> dict[str, Any]:
    """What lsblk says of an ordinary 32 GB card, with `changes`."""
    node = {"name": "/dev/sdx", "size": 32 * GB, "model": "STORAGE", "type": "disk", "ro": False, "mountpoints": [None]}
    return {"blockdevices": [node | changes]}


def target(**changes: Any) -> card.Target:
    """The facts of that card."""
    return card.from_lsblk(Path("/dev/sdx"), disk(**changes))


def test_an_ordinary_card_is_taken() -> None:
    """A whole, unmounted 32 GB card is not refused."""
    card.check(target(), 2 * GB)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"type": "part"}, "not a whole disk"),
        ({"ro": True}, "write protected"),
        ({"size": GB}, "smaller than the image"),
        ({"size": 2000 * GB}, "larger than any card"),
        ({"mountpoints": ["/media/card"]}, "mounted at /media/card"),
        ({"children": [{"mountpoints": ["/media/a"]}]}, "mounted at /media/a"),
        ({"children": [{"mountpoints": [None]}, {"mountpoints": ["/"]}]}, "this computer's /"),
        ({"children": [{"children": [{"mountpoints": ["[SWAP]"]}]}]}, "this computer's"),
    ],
)
def test_what_is_not_a_free_card_is_refused(changes: dict[str, Any], reason: str) -> None:
    """Partitions, mounted, system, protected, small and oversized disks are refused, each with its reason."""
    with pytest.raises(Refused, match=reason):
        card.check(target(**changes), 2 * GB)


def test_the_disk_of_this_computer_is_refused() -> None:
    """Whatever holds / on the machine that runs this test is refused, by the real lsblk."""
    source = run("findmnt", "--noheadings", "--output", "SOURCE", "/").strip()
    if not source.startswith("/dev/"):
        pytest.skip(f"/ is not on a disk here but on {source}")
    with pytest.raises(Refused):
        card.check(card.look(Path(source)), 1)


def test_a_folder_is_not_a_target(tmp_path: Path) -> None:
    """A folder, or nothing, is refused before anything is asked."""
    with pytest.raises(Refused, match="neither a disk nor a plain file"):
        card.look(tmp_path)
    with pytest.raises(Refused, match="not there"):
        card.look(tmp_path / "none")


@pytest.mark.parametrize("answer", ["", "y", "yes", "sdy", "/dev/sdx1"])
def test_only_the_name_typed_in_full_confirms(answer: str) -> None:
    """Anything but the disk's own name writes nothing."""
    with pytest.raises(Refused):
        card.confirm(target(), answer)


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small image with the real table and file systems, and random bytes for a system."""
    folder = tmp_path_factory.mktemp("image")
    make_fat(folder / "bootconfig", size("bootconfig"), "bootconfig", {"provision/README.txt": b"read me"})
    make_persistent(folder / "persistent", size("persistent"))
    (folder / "system").write_bytes(hashlib.shake_128(b"system").digest(5 * MIB + 17))
    parts = {name: folder / name for name in ("bootconfig", "persistent")} | {"system_a": folder / "system"}
    assemble(folder / "inkling.img", parts)
    return folder / "inkling.img"


@pytest.fixture(scope="module")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the identity of counter-0001."""
    folder = tmp_path_factory.mktemp("secrets") / "secrets"
    assert 0 == identity.main(["--id", "counter-0001", "--secrets", str(folder), "--broker", "192.0.2.10"])
    return folder


def silent(*_: object) -> None:
    """A progress that shows nothing."""


def test_a_file_gets_the_image_byte_by_byte(image: Path, tmp_path: Path) -> None:
    """What is flashed without an identity is the image, to the byte, also over older content."""
    device = tmp_path / "card"
    device.write_bytes(b"\xff" * (3 * MIB))
    flash.flash(image, card.look(device), None, silent)
    assert image.stat().st_size == device.stat().st_size
    with image.open("rb") as a, device.open("rb") as b:
        assert hashlib.file_digest(a, "sha256").digest() == hashlib.file_digest(b, "sha256").digest()


def test_flash_asks_writes_and_logs(
    image: Path, secrets: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command writes after the name was typed, puts the identity on the card, and notes it in secrets/."""
    device = tmp_path / "card"
    device.touch()
    monkeypatch.setattr("sys.stdin", io.StringIO("card\n"))
    arguments = ["--dev", str(device), "--id", "counter-0001", "--image", str(image), "--secrets", str(secrets)]
    assert 0 == flash.main(arguments)
    shown = capsys.readouterr().out
    assert "100 %" in shown
    assert "read back the same" in shown
    listed = run("mdir", "-b", "-i", f"{device}@@{offset('bootconfig')}", "::provision")
    assert {"SHA256SUMS", "client.key", "client.crt", "ca.crt", "id", "inkling.toml", "broker.txt"} <= {
        line.rsplit("/", 1)[-1] for line in listed.split()
    }
    assert "counter-0001" in (secrets / "flashed.log").read_text()


def test_flash_without_the_name_writes_nothing(image: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong answer leaves the target as it was."""
    device = tmp_path / "card"
    device.write_bytes(b"precious")
    monkeypatch.setattr("sys.stdin", io.StringIO("yes\n"))
    with pytest.raises(Refused):
        flash.main(["--dev", str(device), "--image", str(image), "--secrets", str(tmp_path)])
    assert b"precious" == device.read_bytes()


def test_a_card_that_forgets_is_found_out(image: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A card that gives back one other byte is refused after writing."""
    device = tmp_path / "card"
    device.touch()
    honest = flash.write

    def forgetful(source: Path, path: Path, progress: flash.Progress) -> str:
        digest = honest(source, path, progress)
        with path.open("r+b") as file:
            file.seek(offset("system_a") + 4097)
            file.write(b"\0")
        return digest

    monkeypatch.setattr(flash, "write", forgetful)
    with pytest.raises(Refused, match="other bytes"):
        flash.flash(image, card.look(device), None, silent)


def holds(device: Path, needle: bytes) -> bool:
    """Whether `needle` stands on a partition of the card that may hold something private."""
    with device.open("rb") as file:
        for name in wipe.PRIVATE:
            file.seek(offset(name))
            if needle in file.read(size(name)):
                return True
    return False


def test_wipe_leaves_no_byte_of_the_identity(image: Path, secrets: Path, tmp_path: Path) -> None:
    """After a wipe the private key is nowhere on the card, and the card has no table."""
    device = tmp_path / "card"
    device.touch()
    flash.flash(image, card.look(device), secrets / "counter-0001", silent)
    key = (secrets / "counter-0001/client.key").read_bytes()
    assert holds(device, key)
    wipe.wipe(card.look(device), silent)
    assert not holds(device, key)
    with pytest.raises(Refused):
        wipe.ranges(device)


def test_wipe_refuses_another_disk(tmp_path: Path) -> None:
    """A disk without our partitions is not wiped."""
    device = tmp_path / "card"
    device.write_bytes(b"\0" * (8 * MIB))
    with pytest.raises(Refused):
        wipe.wipe(card.look(device), silent)
