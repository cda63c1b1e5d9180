"""systemd's own verdict on the units: the exposure gate, and the lines on which the privacy claim stands."""

from __future__ import annotations

import configparser
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.boundary.source import ROOT

UNITS = ROOT / "systemd"
OVERLAY = ROOT / "provisioning/overlay"
EXPOSURE_MAX = {"inkling-sense.service": 1.0, "inkling-publish.service": 1.5}
"""Fixed before the units were written (design page of the platform)."""


def analyze(*arguments: str) -> subprocess.CompletedProcess[str]:
    """What systemd-analyze says; a machine without it fails."""
    assert shutil.which("systemd-analyze"), "systemd-analyze is missing: sudo apt-get install systemd"
    return subprocess.run(["systemd-analyze", *arguments], capture_output=True, text=True, check=False)


def exposure(unit: Path) -> float:
    """The overall exposure of `unit`, 0 (closed) to 10 (open)."""
    done = analyze("security", "--offline=true", "--no-pager", str(unit))
    found = re.search(r"Overall exposure level for \S+: ([\d.]+)", done.stdout + done.stderr)
    assert found, done.stderr
    return float(found[1])


def values(unit: str, key: str) -> list[str]:
    """Every value `key` is given in the unit file, in order."""
    return re.findall(rf"^{key}=(.*)$", (UNITS / unit).read_text(), re.MULTILINE)


@pytest.mark.parametrize("unit", EXPOSURE_MAX)
def test_exposure_stays_under_its_gate(unit: str) -> None:
    """The host rates sense at most 1.0 and publish at most 1.5 of 10."""
    assert exposure(UNITS / unit) <= EXPOSURE_MAX[unit]


def test_the_gate_sees_an_opened_sandbox(tmp_path: Path) -> None:
    """Without its network name space and file protection, sense no longer passes the gate."""
    opened = re.sub(
        r"^(PrivateNetwork|ProtectSystem|RestrictAddressFamilies|IPAddressDeny)=.*$",
        "",
        (UNITS / "inkling-sense.service").read_text(),
        flags=re.MULTILINE,
    )
    unit = tmp_path / "inkling-sense.service"
    unit.write_text(opened)
    assert exposure(unit) > EXPOSURE_MAX["inkling-sense.service"]


def test_systemd_finds_no_mistake() -> None:
    """systemd-analyze verify has nothing to say about any unit."""
    done = analyze("verify", "--man=no", *map(str, sorted(UNITS.iterdir())))
    assert (0, "") == (done.returncode, done.stderr)


@pytest.mark.parametrize(
    ("key", "wanted"),
    [
        ("PrivateNetwork", ["yes"]),
        ("RestrictAddressFamilies", ["AF_UNIX"]),
        ("IPAddressDeny", ["any"]),
        ("IPAddressAllow", []),
        ("ProtectSystem", ["strict"]),
        ("ReadWritePaths", []),
        ("StateDirectory", []),
        ("LimitFSIZE", ["0"]),
        ("LimitCORE", ["0"]),
        ("MemorySwapMax", ["0"]),
        ("StandardOutput", ["null"]),
        ("StandardError", ["null"]),
        ("DevicePolicy", ["closed"]),
    ],
)
def test_sense_keeps_what_the_claim_stands_on(key: str, wanted: list[str]) -> None:
    """The sensing unit has no network, no writable path, no file size, and nowhere to print to."""
    assert wanted == values("inkling-sense.service", key)


def test_sense_may_open_cameras_and_the_light_only() -> None:
    """The devices sense may open are cameras, their buffers, serial lights and pins."""
    assert {"char-video4linux", "char-media", "char-dma_heap", "char-ttyUSB", "char-ttyACM", "char-gpiochip"} == {
        value.split()[0] for value in values("inkling-sense.service", "DeviceAllow")
    }


@pytest.mark.parametrize(
    ("key", "wanted"),
    [("PrivateDevices", ["yes"]), ("DeviceAllow", []), ("IPAddressDeny", ["any"]), ("IPAddressAllow", ["localhost"])],
)
def test_publish_sees_no_device_and_reaches_nobody_by_itself(key: str, wanted: list[str]) -> None:
    """The publishing unit has no device, and no address but the machine's own until the broker's is added."""
    assert wanted == values("inkling-publish.service", key)


def test_the_channel_can_be_written_by_sense_and_read_by_publish_alone() -> None:
    """The FIFO belongs to publish, and its group, sense, may only write."""
    assert (["0620"], ["inkling-publish"], ["inkling-sense"]) == tuple(
        values("inkling-events.socket", key) for key in ("SocketMode", "SocketUser", "SocketGroup")
    )


@pytest.mark.parametrize("unit", EXPOSURE_MAX)
def test_both_are_watched_and_restarted(unit: str) -> None:
    """Each process tells systemd it is alive, and is started again for ever."""
    assert (["notify"], ["always"], ["0"]) == tuple(
        values(unit, key) for key in ("Type", "Restart", "StartLimitIntervalSec")
    )
    assert values(unit, "WatchdogSec")


def test_logs_stay_in_memory_and_cores_are_off() -> None:
    """The overlay keeps the journal in memory, and pipes no core dump anywhere."""
    journal = configparser.ConfigParser()
    journal.read(OVERLAY / "etc/systemd/journald.conf.d/inkling.conf")
    assert "volatile" == journal["Journal"]["Storage"]
    assert "kernel.core_pattern=|/bin/false" in (OVERLAY / "etc/sysctl.d/60-inkling.conf").read_text()


def test_fstab_has_no_swap_and_only_the_data_partition_lasts() -> None:
    """The overlay names no swap, and of all writable places only the data and FAT partitions are not memory."""
    rows = [
        line.split()
        for line in (OVERLAY / "etc/fstab").read_text().splitlines()
        if line.strip() and not line.startswith("#")
    ]
    assert not [row for row in rows if "swap" in row[2]]
    assert {"/persistent", "/boot/config"} == {row[1] for row in rows if row[2] not in {"tmpfs", "none"}}


def test_no_package_of_the_image_opens_a_door_or_debugs() -> None:
    """The locked packages hold no SSH server, debugger, tracer, packet sniffer or swap service."""
    banned = re.compile(r"openssh|dropbear|/gdb|strace|tcpdump|telnet|rpi-swap|zram|avahi|cloud-init|rpi-connect")
    lock = (ROOT / "provisioning/image/debian.lock").read_text().splitlines()
    assert [] == [line for line in lock if banned.search(line)]
