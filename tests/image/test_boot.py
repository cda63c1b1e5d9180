"""`make e2e`: the flashed image starts, and what it does is seen from outside: broker, serial light, pins."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from models.clips.demo import write
from models.clips.script import Planted, Script
from models.clips.sets import face
from provisioning import doctor
from provisioning.image.layout import offset
from provisioning.tools import Refused, run
from tests.image.conftest import DEVICE, Site
from tests.image.counter import LIVE, Counter, until
from tests.image.media import make_media
from tests.image.sandbox import start_probe

HERE = Path(__file__).resolve().parent
CLIP = "/run/media/planted.avi"
SETTINGS = f"""{LIVE}dwell_s = 0.5
threshold = 0.5
[mqtt]
keepalive_s = 300
[privacy]
bucket_s = 0
visits_min = 0
window_minutes = 1
"""
"""The limits that hold single events back are off: here the way of one event is to be seen."""
SLOW_HZ = 5
SLOW = Script(
    seconds=60.0,
    expressions=tuple(Planted((4, 7), at_s, at_s + 0.8, at_s + 4.5, 0.06, 2.5) for at_s in (10.0, 27.0, 44.0)),
    sway_px=1.0,
)
"""Frowns that hold, at a rate that an emulated processor can follow: a Pi reads 60 frames a second, this one a few."""
SERVICES = "inkling-sense inkling-publish"
READY_S = 1800


@pytest.fixture(scope="module")
def booted(counter: Counter, site: Site) -> Counter:
    """The counter, started for the first time with vivid as its camera; both services ready."""
    guest = {path.name: path.read_bytes() for path in (HERE / "guest").glob("*.py")}
    planted = counter.folder / "planted.avi"
    write(planted, SLOW, SLOW_HZ, face())
    media = make_media(counter.folder / "media.img", {**guest, "planted.avi": planted.read_bytes()})
    begun_s = time.monotonic()
    counter.boot(media=[media], own_time=True)
    counter.check("modprobe vivid && until [ -e /dev/video0 ]; do sleep 0.2; done", 60)
    until(lambda: active(counter), READY_S, "both services are ready")
    print(f"\nboth services ready {time.monotonic() - begun_s:.0f} s after power on")
    return counter


def active(counter: Counter) -> bool:
    """Whether both services are ready."""
    return ["active", "active"] == counter.ask(f"systemctl is-active {SERVICES}").out.split()


def test_both_services_are_ready_with_the_virtual_camera(booted: Counter) -> None:
    """Sense has put a frame of the virtual camera through its nets, and stays up."""
    assert active(booted)
    before = booted.check("systemctl show --value -p NRestarts inkling-sense")
    booted.check("sleep 15")
    assert before == booted.check("systemctl show --value -p NRestarts inkling-sense")


def test_the_device_is_online_with_its_own_certificate(booted: Counter, site: Site) -> None:
    """The broker, which takes certificates only, has the device's retained `online`."""
    until(lambda: site.broker.last("status") == "online", 120, "online at the broker")
    assert f"u'{DEVICE}'" in (site.broker.folder / "log").read_text()


def test_the_doctor_finds_the_device_well(booted: Counter, site: Site) -> None:
    """`make doctor` on the host hears from the broker that the booted device is online, and exits 0."""
    until(lambda: site.broker.last("status") == "online", 120, "online at the broker")
    options = ["--host", "127.0.0.1", "--port", str(site.broker.port), "--id", DEVICE]
    assert 0 == doctor.main([*options, "--secrets", str(site.secrets)])


def test_the_identity_is_moved_and_erased(booted: Counter) -> None:
    """The key is on the data partition, and no byte of it is left on the FAT partition."""
    key = booted.check("cat /persistent/identity/client.key")
    assert "PRIVATE KEY" in key
    with pytest.raises(Refused):
        run("mcopy", "-n", "-i", f"{booted.card}@@{offset('bootconfig')}", "::provision/client.key", "-")
    body = key.splitlines()[1].encode()
    with booted.card.open("rb") as card:
        card.seek(offset("bootconfig"))
        assert body not in card.read(32 * 1024 * 1024)


def test_the_serial_light_is_driven(booted: Counter) -> None:
    """All-off, the bytes with which the tower's adapter begins, arrive at the other end of the USB cable."""
    assert bytes((0x21, 0x22, 0x24, 0x28)) in booted.tower


def test_a_pin_set_in_the_sandbox_changes_outside(booted: Counter) -> None:
    """A line driven from inside sense's sandbox is seen high from outside, and low before."""
    assert booted.machine is not None
    assert 0 == booted.machine.pins() & 1
    start_probe(booted, "inkling-sense", "/usr/bin/python3 /run/media/pin.py 0 1 60")
    until(lambda: booted.machine is not None and booted.machine.pins() & 1, 60, "the pin is high")
    booted.check("systemctl stop inkling-probe")


def test_a_planted_clip_becomes_an_event(booted: Counter, site: Site) -> None:
    """A clip with planted expressions, played as the camera, gives an event at the broker and a light on the cable."""
    before = len(booted.tower)
    booted.check(f"sed -i 's#^source = .*#source = \"{CLIP}\"#' /etc/inkling/inkling.toml")
    booted.check("systemctl restart --no-block inkling-sense")

    def event() -> list[dict[str, Any]]:
        return [each for each in site.broker.events() if each["kind"] in {"micro", "sustained"}]

    try:
        until(event, READY_S, "an event of the clip arrives")
    except AssertionError:
        print(site.broker.last("health"), site.broker.last("window"), site.broker.last("fault"))
        print(booted.ask(f"systemctl status --no-pager {SERVICES}; ls -l /run/media").out)
        raise
    assert {"negative", "positive", "surprise"} >= {each["expr"] for each in event()}
    until(lambda: b"\x12" in booted.tower[before:], READY_S, "the yellow lamp is switched on")
