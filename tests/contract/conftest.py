"""Fixtures of the contract suite."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.contract.licensed_miniatures import broken, miniature  # noqa: F401  fixtures of the test_licensed files
from tests.contract.pty_end import Far


@pytest.fixture
def far() -> Iterator[Far]:
    """A pty whose far end is closed after the test."""
    end = Far()
    yield end
    try:
        end.close()
    except OSError:
        return
