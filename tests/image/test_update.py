"""`make e2e-update`: whatever comes on the stick and whenever the power goes, the counter returns on a healthy slot."""

from __future__ import annotations

import os
import random
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from provisioning.bundle import make_bundle, signer
from provisioning.image.build import DEFAULT_FOLDER
from provisioning.image.disk import make_system, place, sized
from provisioning.image.layout import size
from tests.image.conftest import Site
from tests.image.counter import Counter, until
from tests.image.media import make_media
from tests.image.powercut import FragileCard

SETTINGS = """
[camera]
source = "/dev/video0"
rate_hz = 10
[cue]
device = "silent"
"""
VIVID = "modprobe vivid && until [ -e /dev/video0 ]; do sleep 0.2; done"
INSTALL = "mkdir -p /run/media; rauc install /run/media/update.raucb"
INSTALL_S = 900
TRIAL_S = 900
CUTS = 10
SEED = 6
"""Of the moments and of the coins; fixed before the first run."""


def changed(folder: Path, version: str, change: Callable[[Path], None]) -> Path:
    """A system image like the one built, but of `version` and with `change` made to its root."""
    root = folder / f"root-{version}"
    shutil.copytree(DEFAULT_FOLDER / "work/root", root, symlinks=True, copy_function=os.link)
    replace_file(root / "usr/lib/inkling/version", f"{version}\n")
    change(root)
    system = folder / f"system-{version}.img"
    make_system(system, root)
    shutil.rmtree(root)
    return system


def replace_file(path: Path, text: str) -> None:
    """New content for one file of a root that shares its files with another."""
    path.unlink()
    path.write_text(text)
    for compiled in (path.parent / "__pycache__").glob(f"{path.stem}.*.pyc"):
        compiled.unlink()


def unhealthy(root: Path) -> None:
    """An application that never reaches the broker, in a version that waits a minute for health instead of fifteen."""
    replace_file(root / "usr/lib/inkling/appliance/publish/__main__.py", "raise SystemExit(1)\n")
    commit = root / "usr/lib/inkling/provisioning/device/commit.py"
    replace_file(commit, commit.read_text().replace("DEADLINE_S = 900.0", "DEADLINE_S = 60.0"))


@pytest.fixture(scope="module")
def sticks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Name -> a stick: a good update, one signed by a stranger, one cut short, one with a sick application."""
    folder = DEFAULT_FOLDER / "updates"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    boot, ours, strange = DEFAULT_FOLDER / "boot.img", signer(Path("secrets")), signer(folder / "stranger")
    good = changed(folder, "2.0.0", lambda _: None)
    sick = changed(folder, "3.0.0", unhealthy)
    bundles = {
        "good": make_bundle(good, boot, "2.0.0", ours, folder / "good.raucb").read_bytes(),
        "strange": make_bundle(good, boot, "2.0.0", strange, folder / "strange.raucb").read_bytes(),
        "sick": make_bundle(sick, boot, "3.0.0", ours, folder / "sick.raucb").read_bytes(),
    }
    bundles["truncated"] = bundles["good"][: len(bundles["good"]) // 2]
    made = {name: make_media(folder / f"{name}.img", {"update.raucb": data}) for name, data in bundles.items()}
    for path in folder.glob("*.raucb"):
        path.unlink()
    return made


@pytest.fixture
def fresh(image: Path, site: Site, tmp_path: Path) -> Iterator[Counter]:
    """A flashed counter of its own for each test."""
    made = Counter(image, tmp_path, site.identity)
    yield made
    made.close()


def version(counter: Counter) -> str:
    """The version that runs."""
    return counter.check("cat /usr/lib/inkling/version")


def healthy(counter: Counter) -> bool:
    """Whether both services run and the broker has accepted the device."""
    shown = counter.ask(
        "systemctl is-active inkling-sense inkling-publish; systemctl show -p StatusText inkling-publish"
    )
    return shown.out.split()[:3] == ["active", "active", "StatusText=connected"]


def check_back(counter: Counter, slot: str) -> None:
    """The counter runs on `slot`, healthy, with its identity and its outbox."""
    counter.check(VIVID, 60)
    until(lambda: healthy(counter), TRIAL_S, "healthy after the start")
    assert f"rauc.slot={slot}" in counter.check("cat /proc/cmdline")
    assert "counter-0001" == counter.check("cat /persistent/identity/id")
    assert "outbox.db" in counter.check("ls /persistent/state")


def test_a_good_update_is_tried_and_kept(fresh: Counter, sticks: dict[str, Path]) -> None:
    """A signed bundle is installed, starts once on trial, and is the slot that starts after it proved healthy."""
    fresh.boot(own_time=True, media=[sticks["good"]])
    check_back(fresh, "A")
    before = version(fresh)
    begun_s = time.monotonic()
    fresh.check(INSTALL, INSTALL_S)
    print(f"\ninstalled in {time.monotonic() - begun_s:.0f} s")
    fresh.send("systemctl reboot")
    assert fresh.wait_restart(300)
    assert "B" == fresh.boot(own_time=True, tryboot=True)
    assert before != version(fresh)
    check_back(fresh, "B")
    until(lambda: "boot_partition=3" in fresh.check("sed -n 3p /boot/config/autoboot.txt"), TRIAL_S, "kept")
    fresh.off()
    assert "B" == fresh.boot(own_time=True, agent_wanted=False)


@pytest.mark.parametrize(("stick", "reason"), [("strange", "signature"), ("truncated", "bundle")])
def test_a_bad_bundle_is_refused(fresh: Counter, sticks: dict[str, Path], stick: str, reason: str) -> None:
    """A bundle of a stranger's key, or cut short, changes no slot and asks for no trial."""
    fresh.boot(own_time=True, media=[sticks[stick]])
    fresh.ask("systemctl is-system-running --wait", INSTALL_S)
    answer = fresh.ask(INSTALL, INSTALL_S)
    assert answer.rc != 0
    assert reason in answer.out
    assert 0 != fresh.ask("test -e /run/systemd/reboot-param").rc
    assert "boot_partition=2" == fresh.check("sed -n 3p /boot/config/autoboot.txt")


def test_a_dead_slot_falls_back_by_itself(fresh: Counter) -> None:
    """A trial of a slot that holds nothing restarts within a minute, and the next start is the old slot."""
    blank = fresh.folder / "blank"
    sized(blank, size("system_b"))
    place(fresh.card, "system_b", blank)
    assert "B" == fresh.boot(own_time=True, tryboot=True, agent_wanted=False)
    assert fresh.machine is not None
    assert fresh.machine.ended(60)
    fresh.off()
    assert "A" == fresh.boot(own_time=True)
    check_back(fresh, "A")


def test_an_unhealthy_version_is_given_up(fresh: Counter, sticks: dict[str, Path]) -> None:
    """A version whose publish never runs is left by itself, and the old one is back and healthy."""
    fresh.boot(own_time=True, media=[sticks["sick"]])
    check_back(fresh, "A")
    fresh.check(INSTALL, INSTALL_S)
    fresh.send("systemctl reboot")
    assert fresh.wait_restart(300)
    assert "B" == fresh.boot(own_time=True, tryboot=True)
    assert not fresh.wait_restart(TRIAL_S)
    assert "A" == fresh.boot(own_time=True)
    check_back(fresh, "A")


def test_the_power_may_go_at_any_moment_of_an_install(fresh: Counter, sticks: dict[str, Path]) -> None:
    """At ten random moments of an install the power goes, unflushed writes are lost, and the old slot starts."""
    chance = random.Random(SEED)
    span_s = 100.0
    for number in range(CUTS + 1):
        card = FragileCard(fresh.card, fresh.folder / "card.sock", SEED + number)
        slot = fresh.boot(own_time=True, media=[sticks["good"]], drive=card.address)
        assert "A" == slot
        check_back(fresh, slot)
        if number == CUTS:
            card.close()
            return
        fresh.send(INSTALL)
        threading.Event().wait(chance.uniform(0, span_s))  # the moment of the cut is the point
        fresh.off()
        kept, lost = card.cut()
        print(f"\ncut {number + 1}: {kept} unflushed blocks kept, {lost} lost")
