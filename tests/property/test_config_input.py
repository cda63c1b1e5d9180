"""Whatever stands in a settings file: it is taken as it says, or refused in one line."""

from __future__ import annotations

import dataclasses
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from appliance.config import build, render
from appliance.errors import ConfigInvalid
from appliance.settings import Settings, load
from tests.property.cases import fuzz, values

DEFAULTS = dataclasses.asdict(Settings())
NUMBERS = st.sampled_from([0, -1, 2**63, 10**400, 1e308, float("inf"), float("nan"), True])
TEXT = render(Settings())
PIECES = st.sampled_from(
    [
        "\n",
        "\0",
        "\r",
        '"',
        "[",
        "]",
        "[[",
        "[x]",
        "=",
        "1e999",
        "9" * 400,
        "nan",
        "1979-05-27",
        "'''",
        "\ud7ff",
        "[" * 900,
    ]
)


def section(name: str) -> st.SearchStrategy[dict[str, Any]]:
    """Some keys of one section, each with its default or anything else."""
    known = [st.tuples(st.just(key), st.just(value) | NUMBERS | values) for key, value in DEFAULTS[name].items()]
    return st.lists(st.one_of(known) | st.tuples(st.text(max_size=5), values), max_size=4).map(dict)


documents = st.lists(
    st.one_of([st.tuples(st.just(name), section(name) | values) for name in DEFAULTS])
    | st.tuples(st.text(max_size=5), values),
    max_size=3,
).map(dict)


@st.composite
def files(draw: st.DrawFn) -> bytes:
    """The default file with a few pieces cut out and put in; sometimes no text at all."""
    text = TEXT
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        text = text[:start] + draw(PIECES) + text[start + draw(st.integers(0, 60)) :]
    return text.encode() + draw(st.just(b"") | st.binary(max_size=4))


def refused(error: ConfigInvalid) -> None:
    """Return when people read the refusal as one line of sane length."""
    assert len(str(error).splitlines()) == 1
    assert len(str(error)) < 600


@fuzz
@example({"model": {"folder": '\x1f\x7f"\\'}})
@given(documents)
def test_any_document_is_taken_or_refused(document: dict[str, Any]) -> None:
    """A document of real sections and keys with any values is taken and renders to itself, or is refused in a line."""
    try:
        taken = build(document, Settings)
    except ConfigInvalid as error:
        refused(error)
        return
    with tempfile.NamedTemporaryFile("w") as file:
        file.write(render(taken))
        file.flush()
        assert taken == load(Path(file.name))


@fuzz
@given(files() | st.binary(max_size=300))
def test_any_file_is_taken_or_refused(data: bytes) -> None:
    """A damaged settings file, or bytes that never were one, is taken or refused in a line."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        try:
            assert isinstance(load(Path(file.name)), Settings)
        except ConfigInvalid as error:
            refused(error)


@pytest.mark.parametrize(
    "text",
    ["[camera]\nrate_hz = " + "9" * 400, "[camera]\nrate_hz = " + "9" * 5000, "a = " + "[" * 3000, '"a\\nb" = 1',
     "[mqtt]\nport = " + "9" * 400, '[mqtt]\n"a\\nb" = 1', '[mqtt]\nhost = "a\\nb\\u2028"'],
)  # fmt: skip
def test_known_traps_are_one_line(text: str, tmp_path: Path) -> None:
    """Numbers beyond any float, deep nesting and line breaks in names are each refused in one line."""
    path = tmp_path / "inkling.toml"
    path.write_text(text)
    with pytest.raises(ConfigInvalid) as caught:
        load(path)
    refused(caught.value)
