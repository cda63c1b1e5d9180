"""For every unit test: an outbox that it opened is closed with it, so that no connection waits for the collector."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from appliance.publish.outbox import Outbox


@pytest.fixture(autouse=True)
def closed_outboxes(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Close each outbox of this process after the test; Python 3.13 warns of an unclosed SQLite connection."""
    opened: list[Outbox] = []
    begin = Outbox.__init__

    def remembered(outbox: Outbox, *given: Any, **named: Any) -> None:
        begin(outbox, *given, **named)
        opened.append(outbox)

    monkeypatch.setattr(Outbox, "__init__", remembered)
    yield
    for outbox in opened:
        outbox.close()
