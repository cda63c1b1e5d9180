"""The first start: the identity is moved and erased, whatever moment the power goes."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from provisioning.device import firstboot

FILES = {
    "client.key": b"private",
    "client.crt": b"certificate",
    "ca.crt": b"authority",
    "id": b"counter-0001\n",
    "inkling.toml": b"[site]\n",
    "broker.txt": b"192.0.2.10/32\n2001:db8::1\n",
}


class PowerCut(BaseException):
    """The power went; nothing of the program may catch it."""


def flashed(folder: Path) -> tuple[Path, Path]:
    """A FAT partition with a sealed identity, and an empty data partition."""
    source, persistent = folder / "provision", folder / "persistent"
    source.mkdir(parents=True)
    persistent.mkdir()
    (source / "README.txt").write_bytes(b"read me")
    for name, content in FILES.items():
        (source / name).write_bytes(content)
    sums = [f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in FILES.items()]
    (source / "SHA256SUMS").write_text("".join(sums))
    return source, persistent


def moved(source: Path, persistent: Path) -> bool:
    """Whether the identity is whole on the data partition and gone from the FAT partition."""
    home = persistent / "identity"
    return (
        FILES == {name: (home / name).read_bytes() for name in FILES}
        and ["README.txt"] == [path.name for path in source.iterdir()]
        and FILES["inkling.toml"] == (persistent / "config/inkling.toml").read_bytes()
    )


def cutting(count: int, patch: pytest.MonkeyPatch) -> None:
    """Let the power go at the `count`-th change of the disk, before (odd) or after (even) it is made."""
    left = [count]

    def wrap(change: Callable[..., object]) -> Callable[..., object]:
        def changed(*arguments: object, **options: object) -> object:
            left[0] -= 1
            if left[0] == 0:
                raise PowerCut
            result = change(*arguments, **options)
            left[0] -= 1
            if left[0] == 0:
                raise PowerCut
            return result

        return changed

    for owner, name in ((os, "fsync"), (Path, "rename"), (Path, "replace"), (Path, "unlink"), (Path, "mkdir")):
        patch.setattr(owner, name, wrap(getattr(owner, name)))
    patch.setattr(firstboot.shutil, "rmtree", wrap(firstboot.shutil.rmtree))


def test_identity_is_moved_and_erased(tmp_path: Path) -> None:
    """After one start the data partition has the identity and the FAT partition only its read-me."""
    source, persistent = flashed(tmp_path)
    assert firstboot.first_boot(source, persistent)
    assert moved(source, persistent)


def test_key_is_readable_by_root_alone(tmp_path: Path) -> None:
    """The folder of the identity has mode 0700 and the private key 0600."""
    source, persistent = flashed(tmp_path)
    firstboot.first_boot(source, persistent)
    home = persistent / "identity"
    assert (0o700, 0o600) == (home.stat().st_mode & 0o777, (home / "client.key").stat().st_mode & 0o777)


def test_a_power_cut_at_any_change_is_survived(tmp_path: Path) -> None:
    """Wherever the power goes during the move, the next start ends with the identity moved and erased."""
    for count in range(1, 400):
        source, persistent = flashed(tmp_path / str(count))
        with pytest.MonkeyPatch.context() as patch:
            cutting(count, patch)
            try:
                firstboot.first_boot(source, persistent)
                cut = False
            except PowerCut:
                cut = True
        assert firstboot.first_boot(source, persistent), count
        assert moved(source, persistent), count
        if not cut:
            assert count > 40, "the move was never cut"
            return
    pytest.fail("the move never came to its end")


def test_a_half_written_identity_is_left_alone(tmp_path: Path) -> None:
    """An identity whose hash does not match is neither taken over nor erased."""
    source, persistent = flashed(tmp_path)
    (source / "client.key").write_bytes(b"privat")
    assert not firstboot.first_boot(source, persistent)
    assert (source / "client.key").exists()


def test_a_new_identity_replaces_the_old(tmp_path: Path) -> None:
    """A second identity put on the card replaces the first, without leaving parts of it."""
    source, persistent = flashed(tmp_path / "first")
    firstboot.first_boot(source, persistent)
    second, _ = flashed(tmp_path / "second")
    (persistent / "identity/old-file").write_bytes(b"x")
    assert firstboot.first_boot(second, persistent)
    assert not (persistent / "identity/old-file").exists()


def test_what_is_erased_is_overwritten_first(tmp_path: Path) -> None:
    """The private key's bytes are zeros on the card before its name goes."""
    source, _ = flashed(tmp_path)
    other_name = tmp_path / "same-blocks"
    os.link(source / "client.key", other_name)
    firstboot.erase(source)
    assert b"\0" * len(FILES["client.key"]) == other_name.read_bytes()


def test_the_broker_and_this_machine_are_all_that_is_allowed(tmp_path: Path) -> None:
    """The networks opened are localhost and those of broker.txt, and a wrong line stops the start."""
    (tmp_path / "broker.txt").write_bytes(FILES["broker.txt"])
    assert ["127.0.0.0/8", "::1/128", "192.0.2.10/32", "2001:db8::1/128"] == firstboot.allowed(tmp_path)
    (tmp_path / "broker.txt").write_text("any\n")
    with pytest.raises(ValueError, match="any"):
        firstboot.allowed(tmp_path)
