"""`make vm-audit`: on the booted image, everything the privacy claim says cannot happen is tried, and is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.image.conftest import Site
from tests.image.counter import LIVE, Counter, until
from tests.image.media import make_media
from tests.image.packets import read
from tests.image.sandbox import probe

HERE = Path(__file__).resolve().parent
SETTINGS = LIVE
OUTSIDE = "10.0.2.3"
"""Another address on the guest's network: QEMU's own name server."""
RUN_S = 120
FOLDERS = [
    "/tmp",
    "/var/tmp",
    "/dev/shm",
    "/run",
    "/var/lib/inkling",
    "/persistent",
    "/home",
    "/etc",
    "/usr",
    "/",
    "/dev",
]
OTHER_DEVICES = ["/dev/mem", "/dev/kmsg", "/dev/vda", "/dev/vda6", "/dev/uinput", "/dev/fuse", "/dev/loop-control",
                 "/dev/watchdog0", "/dev/snapshot", "/dev/ttyAMA0", "/dev/vport1p1", "/dev/hwrng"]  # fmt: skip


@pytest.fixture(scope="module")
def running(counter: Counter, site: Site) -> tuple[Counter, Path]:
    """The counter after a full run with its camera and the broker; and the capture of all its packets."""
    folder = counter.folder
    media = make_media(folder / "media.img", {"probe.py": (HERE / "guest/probe.py").read_bytes()})
    capture = folder / "all.pcap"
    counter.boot(media=[media], capture=capture)
    counter.check("modprobe vivid && until [ -e /dev/video0 ]; do sleep 0.2; done", 60)
    until(lambda: site.broker.last("status") == "online", 300, "the device is online at the broker")
    counter.check(f"sleep {RUN_S}", RUN_S + 60)
    return counter, capture


@pytest.fixture(scope="module")
def sense(running: tuple[Counter, Path], site: Site) -> dict[str, Any]:
    """What a program in sense's place could do."""
    options = {
        "folders": FOLDERS,
        "files": ["/etc/inkling/inkling.toml", "/etc/hostname"],
        "devices": OTHER_DEVICES,
        "unreadable": ["/persistent/identity/client.key", "/boot/config/autoboot.txt", "/var/lib/inkling", "/run/log"],
        "addresses": [["10.0.2.2", site.broker.port, "SOCK_STREAM"], ["127.0.0.1", 53, "SOCK_DGRAM"]],
        "interfaces": False,
    }
    return probe(running[0], "inkling-sense", options)


@pytest.fixture(scope="module")
def publish(running: tuple[Counter, Path], site: Site) -> dict[str, Any]:
    """What a program in publish's place could do."""
    options = {
        "folders": [name for name in FOLDERS if name not in {"/tmp", "/var/tmp", "/var/lib/inkling"}],
        "files": ["/etc/inkling/inkling.toml"],
        "devices": [*OTHER_DEVICES, "/dev/video0", "/dev/ttyUSB0", "/dev/gpiochip0"],
        "unreadable": ["/persistent/identity/client.key", "/boot/config/autoboot.txt", "/dev/video0"],
        "addresses": [
            ["10.0.2.2", site.broker.port, "SOCK_STREAM"],
            [OUTSIDE, 53, "SOCK_DGRAM"],
            [OUTSIDE, 80, "SOCK_STREAM"],
            ["192.0.2.1", 443, "SOCK_STREAM"],
        ],
        "interfaces": False,
    }
    return probe(running[0], "inkling-publish", options)


def test_the_probe_can_succeed(running: tuple[Counter, Path]) -> None:
    """Outside any sandbox the same probe opens sockets, writes files and opens devices: its refusals mean something."""
    options = {"folders": ["/tmp"], "files": [], "devices": ["/dev/kmsg"], "unreadable": ["/dev/video0"]}
    options |= {"addresses": [], "interfaces": True}
    found = json.loads(running[0].check(f"python3 /run/media/probe.py '{json.dumps(options)}'"))
    assert (
        "ALLOWED" == found["socket AF_INET"] == found["write /tmp"] == found["memfd write"] == found["open /dev/kmsg"]
    )
    assert found["video nodes"]


def test_sense_has_no_socket_but_the_local_one(sense: dict[str, Any]) -> None:
    """In sense, every address family that was tried is refused."""
    assert [] == [name for name, result in sense.items() if name.startswith("socket ") and result == "ALLOWED"]
    assert [] == [name for name, result in sense.items() if name.startswith("SOCK_") and result == "ALLOWED"]


def test_sense_writes_nowhere(sense: dict[str, Any]) -> None:
    """In sense, no file can be written: not in /tmp, /dev/shm, /run or the data partition, nor in memory."""
    tried = {
        name: result for name, result in sense.items() if name.startswith(("write ", "append ", "memfd", "message"))
    }
    assert len(tried) >= len(FOLDERS) + 5
    assert {} == {name: result for name, result in tried.items() if result == "ALLOWED"}


def test_sense_opens_no_other_device(sense: dict[str, Any]) -> None:
    """In sense, no device but camera, light and pins can be opened, and no secret be read."""
    assert {} == {
        name: result for name, result in sense.items() if name.startswith(("open ", "read ")) and result == "ALLOWED"
    }
    assert "ALLOWED" != sense["writable code"]
    assert sense["video nodes"]


def test_publish_sees_no_camera(publish: dict[str, Any]) -> None:
    """In publish there is no camera node at all while the guest has one, and no device can be opened."""
    assert [] == publish["video nodes"]
    assert {} == {
        name: result for name, result in publish.items() if name.startswith(("open ", "read ")) and result == "ALLOWED"
    }


def test_publish_writes_its_own_folder_only(publish: dict[str, Any]) -> None:
    """In publish, nothing outside its own folder and its private /tmp can be written."""
    assert {} == {
        name: result
        for name, result in publish.items()
        if name.startswith(("write ", "append ")) and result == "ALLOWED"
    }


def test_publish_reaches_the_broker_and_nobody_else(publish: dict[str, Any], site: Site) -> None:
    """In publish the broker answers, and every other address, in UDP and TCP, is refused or never answers."""
    reached = {name: result for name, result in publish.items() if name.startswith("SOCK_")}
    assert [f"SOCK_STREAM 10.0.2.2:{site.broker.port}"] == [name for name, got in reached.items() if got == "ALLOWED"]
    assert 4 == len(reached)


def test_the_wire_carries_tls_to_the_broker_and_little_else(running: tuple[Counter, Path], site: Site) -> None:
    """All packets of the run: TLS with the broker, DHCP, ARP; the broker's bytes an hour are printed and bounded."""
    packets = read(running[1])
    assert packets
    broker = [each for each in packets if site.broker.port in {each.source_port, each.target_port}]
    other = [each for each in packets if each not in broker]
    strange = {
        (each.kind, each.target, each.target_port)
        for each in other
        if each.kind != "arp" and {each.source_port, each.target_port} != {67, 68}
    }
    assert set() == strange
    first = next(each for each in broker if each.payload and each.target_port == site.broker.port)
    assert (0x16, 3) == (first.payload[0], first.payload[1])
    span_s = packets[-1].at_s - packets[0].at_s
    per_hour = sum(each.length for each in broker) / span_s * 3600
    print(f"\n{len(packets)} packets in {span_s:.0f} s; broker {per_hour / 1024:.0f} KiB an hour with its start")
    assert per_hour < 1024 * 1024


def test_nothing_is_swapped_logged_or_dumped(running: tuple[Counter, Path]) -> None:
    """The booted system has no swap, no journal on the card, no core files, and a root that cannot be written."""
    counter = running[0]
    assert "" == counter.check("tail -n +2 /proc/swaps")
    assert "|/bin/false" == counter.check("cat /proc/sys/kernel/core_pattern")
    assert 0 != counter.ask("test -e /var/log/journal").rc
    assert "erofs" == counter.check("findmnt -no FSTYPE /")
    assert 0 != counter.ask("touch /usr/x").rc


def test_nobody_can_log_in_or_connect(running: tuple[Counter, Path]) -> None:
    """No program of the guest listens to the network, no login waits on a console, and there is no SSH or debugger."""
    counter = running[0]
    listening = counter.check("ss -Hlntu")
    foreign = [line for line in listening.splitlines() if "127.0.0." not in line and "%eth0:68" not in line]
    assert [] == [line for line in foreign if ":68 " not in line]
    assert "" == counter.check("systemctl list-units --no-legend 'getty@*' 'serial-getty@*' 'ssh*'")
    assert 0 != counter.ask("command -v sshd gdb strace tcpdump perf").rc


def test_exposure_in_the_guest(running: tuple[Counter, Path]) -> None:
    """The guest's own systemd rates both services within the gate."""
    for service, gate in (("inkling-sense", 1.0), ("inkling-publish", 1.5)):
        last = running[0].check(f"systemd-analyze security --no-pager {service} | tail -1", 120)
        assert float(last.split(":")[1].split()[0]) <= gate
