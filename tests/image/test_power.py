"""The plug is pulled twenty times under load: what the outbox acknowledged is delivered, and nobody has to come."""

from __future__ import annotations

import random
import re
import threading
from functools import partial
from pathlib import Path

from tests.image.conftest import Site
from tests.image.counter import Counter, until
from tests.image.media import make_media
from tests.image.powercut import FragileCard

HERE = Path(__file__).resolve().parent
SETTINGS = """
[camera]
source = "/run/media/none.avi"
[cue]
device = "silent"
[privacy]
bucket_s = 0
visits_min = 0
events_per_minute_max = 60
"""
"""Sense finds no clip and so leaves the channel to the test's own writer of records."""
PULLS = 20
SEED = 4
STORED_MAX = 50
"""The door lets 60 single events through in a minute: the plug is pulled at random within that burst."""
READY_S = 600


def promised_on(counter: Counter) -> set[str]:
    """The ids of the events that the outbox had committed, as the guest said on its console before the power went."""
    return set(re.findall(r"^STORED (\S+)\s*$", counter.console(whole=True), re.MULTILINE))


def stored(counter: Counter, count: int) -> bool:
    """Whether at least `count` events were committed since the image was made."""
    return len(promised_on(counter)) >= count


def test_no_acknowledged_event_is_lost(image: Path, site: Site, tmp_path: Path) -> None:
    """After twenty pulls of the plug, every event that was in the outbox has reached the broker."""
    counter = Counter(image, tmp_path, site.identity)
    chance = random.Random(SEED)
    media = make_media(tmp_path / "media.img", {"load.py": (HERE / "guest/load.py").read_bytes()})
    promised: set[str] = set()
    try:
        for number in range(PULLS + 1):
            card = FragileCard(counter.card, tmp_path / "card.sock", SEED + number)
            counter.boot(media=[media], drive=card.address, own_time=True)
            until(
                lambda: "active" == counter.ask("systemctl is-active inkling-publish").out.strip(), READY_S, "publish"
            )
            if number == PULLS:
                break
            counter.send("PYTHONPATH=/usr/lib/inkling python3 /run/media/load.py")
            wanted = len(promised_on(counter)) + chance.randrange(1, STORED_MAX)
            until(partial(stored, counter, wanted), READY_S, "the events of a burst stored")
            threading.Event().wait(chance.uniform(0, 2))  # the moment of the pull is the point
            counter.off()
            promised |= promised_on(counter)
            kept, lost = card.cut()
            print(f"\npull {number + 1}: {len(promised)} events promised; {kept} unflushed blocks kept, {lost} lost")
        delivered = lambda: {event["id"] for event in site.broker.events()}  # noqa: E731
        until(lambda: promised <= delivered(), READY_S, "everything promised is delivered")
        assert promised
    finally:
        counter.close()
