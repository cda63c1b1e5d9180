"""The printed card and sign: generated, current, and inside their sheet."""

from __future__ import annotations

import re
from itertools import product
from xml.etree import ElementTree as ET

import pytest

from appliance import settings
from appliance.config import build
from appliance.cue.pattern import PATTERNS
from appliance.drawing import sheet
from appliance.errors import ConfigInvalid
from appliance.events import Light
from appliance.printed.__main__ import pages, sheets
from appliance.printed.pdf import pdf
from appliance.printed.words import WORDS
from appliance.settings import Settings
from tests.boundary.source import ROOT

MODES = ("off", "buttons-only", "opt-in", "notice")


def chosen(**keys: object) -> Settings:
    """Settings with these keys of [use]."""
    return build(
        {
            "use": keys,
            "site": {"site": "s" * 32, "device": "d" * 32},
            "policy": {"quiet_from": "21:00", "quiet_to": "07:00"},
        },
        Settings,
    )


@pytest.mark.parametrize("name", ["staff-card.svg", "customer-sign.svg"])
def test_the_committed_sheets_are_current(name: str) -> None:
    """The card and sign in docs are what the code draws from the default configuration (`make card`)."""
    assert (ROOT / "docs" / name).read_text() == sheets(Settings())[name]


@pytest.mark.parametrize("name", ["staff-card.pdf", "customer-sign.pdf"])
def test_the_committed_pages_are_current(name: str) -> None:
    """The PDFs in docs are byte for byte what the code makes of the default configuration (`make card`)."""
    assert (ROOT / "docs" / name).read_bytes() == pages(Settings())[name]


@pytest.mark.parametrize("languages", [["en", "de"], ["fr", "es"], ["af", "en"]])
def test_a_page_holds_the_sheets_words_as_text(languages: list[str]) -> None:
    """Each PDF has one page of A5 or A4, and every line of its drawing as text that can be searched and read aloud."""
    settings = chosen(mode="notice", languages=languages, contact="Shop (back), 1 High Street")
    for name, size in (("staff-card", b"[0 0 419.5276 595.2756]"), ("customer-sign", b"[0 0 595.2756 841.8898]")):
        page = pages(settings)[f"{name}.pdf"]
        assert (1, True) == (page.count(b"/Type /Page "), b"/MediaBox " + size in page)
        drawn = [each.text for each in ET.fromstring(sheets(settings)[f"{name}.svg"]) if each.tag.endswith("text")]  # noqa: S314
        told = re.findall(rb"Tm \((.*?)\) Tj", page)
        assert drawn == [re.sub(r"\\([()\\])", r"\1", each.decode("cp1252")) for each in told]


def test_a_page_says_rightly_where_each_of_its_objects_begins() -> None:
    """Every offset of the cross-reference table, and the table's own, leads to what it names."""
    page = pages(Settings())["staff-card.pdf"]
    offsets = [int(each) for each in re.findall(rb"(\d{10}) 00000 n", page)]
    assert 7 == len(offsets)
    for number, offset in enumerate(offsets, 1):
        assert page[offset:].startswith(b"%d 0 obj" % number)
    assert page[int(re.findall(rb"startxref\n(\d+)", page)[0]) :].startswith(b"xref")
    length, content = re.findall(rb"/Length (\d+) >>\nstream\n(.*?)\nendstream", page, re.DOTALL)[0]
    assert int(length) == len(content)


def test_a_letter_the_page_cannot_set_is_told() -> None:
    """A contact in letters that PDF's own fonts lack gives one line with the letter and what to do."""
    with pytest.raises(ConfigInvalid, match=r"'Ω' cannot be set .*Print the SVG from a browser"):
        pages(chosen(mode="notice", contact="Ωmega"))


@pytest.mark.parametrize(
    "shape", ['<line x1="0"/>', '<path d="M 0 0 c 1 1" fill="none" stroke="#222" stroke-width="1"/>']
)
def test_a_shape_without_a_form_in_the_page_is_refused(shape: str) -> None:
    """A shape the PDF cannot show stops it instead of being left out."""
    with pytest.raises(ValueError, match="has no form in the PDF"):
        pdf(sheet(10, 10, [shape]), "x")


@pytest.mark.parametrize(("mode", "languages"), [*product(MODES, (["en", "de"], ["fr", "es"], ["af", "en"]))])
def test_everything_stays_on_its_sheet(mode: str, languages: list[str]) -> None:
    """In each mode and language every line ends inside the sheet, by the widest usual font."""
    for name, drawn in sheets(chosen(mode=mode, languages=languages, contact="Shop, 1 High Street, 555 0100")).items():
        height = float(re.search(r'viewBox="0 0 [\d.]+ ([\d.]+)"', drawn)[1])  # type: ignore[index]
        width = float(re.search(r'viewBox="0 0 ([\d.]+)', drawn)[1])  # type: ignore[index]
        rows = re.findall(r'<text.*?x="([\d.]+)" y="([\d.]+)" font-size="([\d.]+)".*?>(.*?)</text>', drawn)
        assert all(float(y) < height - 4 for _, y, _, _ in rows), name
        ys = [float(y) for x, y, _, _ in rows if float(x) < 20]
        assert sorted(set(ys)) == ys, "two lines on one another"
        widest = max(float(x) + 0.57 * float(size) * len(words) for x, _, size, words in rows)
        assert widest <= width - 2, name


def test_the_card_shows_every_light_that_can_come() -> None:
    """The card names each light of the pattern table but the installer's, and leaves pause out where no camera is."""
    drawn = sheets(chosen(mode="notice"))["staff-card.svg"]
    shown = [pattern.meaning.capitalize() for light, pattern in PATTERNS.items() if light is not Light.READY]
    assert all(meaning in drawn for meaning in shown)
    assert "Paused" not in sheets(chosen(mode="buttons-only"))["staff-card.svg"]


@pytest.mark.parametrize(
    ("keys", "name"),
    [
        ({"use": {"mode": "opt-in"}}, "staff-card.svg"),
        ({"use": {"mode": "opt-in"}}, "customer-sign.svg"),
        ({"use": {"languages": ["fr", "en"]}}, "customer-sign.svg"),
        ({"policy": {"quiet_from": "21:00", "quiet_to": "07:00"}}, "staff-card.svg"),
        ({"policy": {"shadow": False}}, "staff-card.svg"),
        ({"cue": {"device": "tower"}}, "staff-card.svg"),
    ],
)
def test_another_configuration_is_another_sheet(keys: dict[str, dict[str, object]], name: str) -> None:
    """Mode, languages, quiet hours, trial and kind of light change what is printed, as SVG and as PDF."""
    other = build(keys, Settings)
    assert sheets(Settings())[name] != sheets(other)[name]
    page = name.replace("svg", "pdf")
    assert pages(Settings())[page] != pages(other)[page]


def test_no_sign_says_what_may_not_be_said() -> None:
    """No language's sign speaks of emotion, mood, stress or anonymity."""
    for words in WORDS.values():
        said = f"{words.title} {words.does} {words.never} {words.notice} {words.opt_in} {words.buttons}".lower()
        assert not re.search(r"emoti|émoti|stress|mood|anonym|anónim|stimmung|gefühl|angry", said)


def test_words_exist_for_every_language_of_the_settings() -> None:
    """Each language the settings allow has its words."""
    pattern = (
        next(f for f in settings.Use.__dataclass_fields__.values() if f.name == "languages").metadata["bounds"].pattern
    )
    assert set(pattern.split("|")) == set(WORDS)
