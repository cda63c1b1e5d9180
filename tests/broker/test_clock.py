"""A device whose clock is not set, or wrong: events keep their order, TLS is checked against the latest known time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from appliance.publish.certificate import WARN_DAYS
from appliance.settings import Settings
from tests.broker.certs import certificate
from tests.broker.desk import FROWN, It, desk, events, until
from tests.broker.odd_clock import OddClock
from tests.broker.secure import certs_in, documented, it_over_tls, tls_settings

UNSET = datetime(1970, 1, 1, 0, 0, 10, tzinfo=UTC)
"""What a Pi without a clock of its own shows after it was switched on."""


@pytest.fixture
def certs(tmp_path: Path) -> Path:
    """An authority and the certificates of everyone."""
    return certs_in(tmp_path / "certs")


def order(it: It) -> list[tuple[int, int]]:
    """Boot and seq of every event heard, as they came."""
    return [(each.data["boot"], each.data["seq"]) for each in it.heard("event")]


def test_with_no_time_events_are_ordered_and_time_comes_with_the_server(certs: Path, tmp_path: Path) -> None:
    """In 1970 TLS is up, events say `none` and no `t`; once a server sets the clock they say `ntp`; order holds."""
    clock = OddClock(tmp_path, UNSET)
    with documented("mosquitto.conf", certs, tmp_path) as broker, it_over_tls(broker.port, certs) as it:
        settings = tls_settings(tmp_path, broker.port, certs)
        with desk(settings, tmp_path, clock) as one:
            one.write(FROWN, FROWN)
            first = [each.data for each in events(it, 2)]
            assert [("none", False)] * 2 == [(each["ts"], "t" in each) for each in first]
            health = until(lambda: it.heard("health"))[0].data
            assert "none" == health["clock"]
            assert health["cert_days"] < 1_000  # counted from the floor; from 1970 it would be 20,000
            # Days count from the floor, the checkout's own age: which warning is due depends on it.
            due = next((code for days, code in WARN_DAYS if health["cert_days"] <= days), None)

            def warned() -> bool:
                told = [each.data for each in it.heard("fault") if each.data["code"].startswith("cert_expires")]
                assert not [each for each in told if "since" in each]
                return {due} - {None} == {each["code"] for each in told}

            until(warned, "warning")
            clock.show(datetime.now(UTC))
            clock.source("ntp")

            def told() -> bool:
                if len(it.heard("event")) == one.written:
                    one.write(FROWN)
                return it.heard("event")[-1].data["ts"] == "ntp"

            until(told, "time")
            last = it.heard("event")[-1].data
            assert abs(datetime.fromisoformat(last["t"]) - datetime.now(UTC)) < timedelta(seconds=60)
            assert order(it) == sorted(set(order(it)))


def test_a_battery_backed_clock_is_told_as_such(certs: Path, tmp_path: Path) -> None:
    """With a battery-backed clock and no server, events carry its time and `rtc`."""
    shown = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=5)
    clock = OddClock(tmp_path, shown)
    clock.source("rtc")
    with (
        documented("mosquitto.conf", certs, tmp_path) as broker,
        it_over_tls(broker.port, certs) as it,
        desk(tls_settings(tmp_path, broker.port, certs), tmp_path, clock) as one,
    ):
        one.write(FROWN)
        event = events(it, 1)[0].data
        assert "rtc" == event["ts"]
        assert timedelta(seconds=-1) <= datetime.fromisoformat(event["t"]) - shown < timedelta(seconds=60)


def know_the_time(settings: Settings, clock: OddClock, folder: Path, utc: datetime) -> None:
    """Let the device learn from a time server that it is `utc`, and stop it."""
    clock.show(utc)
    clock.source("ntp")
    with desk(settings, folder, clock) as one:
        until(lambda: "publish: " in one.said(), "first words")
    (folder / "ntp").unlink()
    (folder / "events").unlink()
    (folder / "stderr").unlink()


def test_a_certificate_that_ended_before_the_known_time_is_refused(certs: Path, tmp_path: Path) -> None:
    """Back in 1970 after a server said "in five days", a broker certificate of 2 days is refused, one of 9 is not."""
    clock = OddClock(tmp_path, UNSET)
    certificate(certs, "broker", "localhost", "DNS:localhost", days=2)
    with documented("mosquitto.conf", certs, tmp_path) as broker:
        settings = tls_settings(tmp_path, broker.port, certs)
        know_the_time(settings, clock, tmp_path, datetime.now(UTC) + timedelta(days=5))
        clock.show(UNSET)
        with desk(settings, tmp_path, clock) as one:
            one.write(FROWN)
            until(lambda: "is not trusted (it ended before the latest time known here)" in one.said(), "refusal")
            assert "publish: connected" not in one.said()
            certificate(certs, "broker", "localhost", "DNS:localhost", days=9)
            broker.end()
            broker.start()
            with it_over_tls(broker.port, certs) as it:
                assert "none" == events(it, 1)[0].data["ts"]
                told = until(lambda: [x.data for x in it.heard("fault") if x.data["code"] == "broker_untrusted"])
                assert (False, 1) == (told[-1]["active"], told[-1]["count"])


def test_a_clock_that_is_set_is_believed(certs: Path, tmp_path: Path) -> None:
    """With the clock beyond the broker certificate's end, OpenSSL refuses it, floor or not."""
    clock = OddClock(tmp_path, datetime.now(UTC) + timedelta(days=40))
    with documented("mosquitto.conf", certs, tmp_path) as broker:
        settings = tls_settings(tmp_path, broker.port, certs)
        with desk(settings, tmp_path, clock) as one:
            until(lambda: "is not trusted (certificate has expired" in one.said(), "refusal")
