"""The documents keep pace with the code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.boundary.source import ROOT

MARKDOWN = sorted(ROOT.glob("*.md")) + sorted((ROOT / "docs").rglob("*.md")) + sorted((ROOT / "models").glob("*.md"))


def targets() -> set[str]:
    """Every documented target of the Makefile and of what it includes."""
    text = "".join((ROOT / name).read_text() for name in ("Makefile", "provisioning/device.mk"))
    return set(re.findall(r"^([a-z0-9-]+):.*## ", text, re.MULTILINE))


@pytest.mark.parametrize("path", MARKDOWN, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(path: Path) -> None:
    """Every relative link of a document points at something in the tree."""
    links = re.findall(r"\]\(([^)#:\s]+)\)", path.read_text())
    assert [] == [link for link in links if not (path.parent / link).exists()]


@pytest.mark.parametrize("path", MARKDOWN, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_named_make_targets_exist(path: Path) -> None:
    """A `make something` in a document is a target of the Makefile."""
    named = set(re.findall(r"`make ([a-z0-9-]+)", path.read_text()))
    assert set() == named - targets()


def test_the_readme_shows_real_output() -> None:
    """The README's output block holds the summary that the demo prints."""
    assert "planted" in (ROOT / "README.md").read_text().split("<!-- output of make run -->")[1].split("\n## ")[0]


def test_the_tour_names_files_that_exist() -> None:
    """Each file named in the life of an event stands in the tree."""
    named = re.findall(r"\*\*`([a-z_/]+\.py)`\*\*", (ROOT / "docs" / "life-of-an-event.md").read_text())
    assert len(named) > 5
    assert [] == [name for name in named if not (ROOT / "appliance" / name).exists()]


def test_decisions_are_numbered_once() -> None:
    """No two decision records share a number."""
    numbers = [path.name[:4] for path in (ROOT / "docs" / "decisions").glob("*.md")]
    assert sorted(set(numbers)) == sorted(numbers)
