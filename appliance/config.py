"""One TOML file into frozen sections: every key typed and bounded where it is declared (`settings`).

An unknown key, a wrong type or a value out of bounds stops the start with one line such as
`camera.rate_hz: 900 is outside 5..200`.
"""

from __future__ import annotations

import dataclasses
import json
import re
import tomllib
from dataclasses import MISSING, Field, dataclass, field
from pathlib import Path
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from appliance.errors import ConfigInvalid

CONFIG_BYTES_MAX = 65536
"""A settings file is a few KiB; the cap keeps a wrong path (a device, a video) from being read whole."""

NUMBER_MAX = 2**63
"""Whole numbers below it are also floats; TOML promises no others (toml.io v1.0.0, Integer)."""
SHOWN_MAX = 60
"""Characters of a wrong value that are shown: an error stays a line."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Bounds:
    """Closed bounds of one key: low..high for numbers, `choices` for words, `pattern` for free words."""

    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    pattern: str = ""


def number(default: float, low: float, high: float, note: str) -> Any:
    """A key holding a number in low..high; `note` is its line in the documentation."""
    return field(default=default, metadata={"bounds": Bounds(low, high), "note": note})


def word(default: str, choices: tuple[str, ...], note: str) -> Any:
    """A key holding one of `choices`."""
    return field(default=default, metadata={"bounds": Bounds(choices=choices), "note": note})


def text(default: str, pattern: str, note: str) -> Any:
    """A key holding a word that fully matches the regular expression `pattern`."""
    return field(default=default, metadata={"bounds": Bounds(pattern=pattern), "note": note})


def words(default: tuple[str, ...], pattern: str, low: int, high: int, note: str) -> Any:
    """A key holding low..high words, each fully matching `pattern`."""
    return field(default=default, metadata={"bounds": Bounds(low, high, (), pattern), "note": note})


def numbers(default: tuple[float, ...], low: float, high: float, note: str) -> Any:
    """A key holding a list of numbers, each in low..high."""
    return field(default=default, metadata={"bounds": Bounds(low, high), "note": note})


def flag(default: bool, note: str) -> Any:
    """A key holding true or false."""
    return field(default=default, metadata={"bounds": Bounds(), "note": note})


def read(path: Path, schema: type[T]) -> T:
    """The settings in the TOML file `path` as `schema`, a dataclass of section dataclasses.

    Raises:
        ConfigInvalid: file missing, too large, not TOML, or any key unknown, of the wrong type or out of bounds.
    """
    try:
        with path.open("rb") as file:
            data = file.read(CONFIG_BYTES_MAX + 1)
    except OSError as error:
        raise ConfigInvalid(f"{path}: {error.strerror}", "Give the path of a readable TOML file.") from error
    if len(data) > CONFIG_BYTES_MAX:
        raise ConfigInvalid(f"{path}: larger than {CONFIG_BYTES_MAX} bytes", "Give Inkling's own settings file.")
    try:
        document = tomllib.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:  # beside wrong TOML: a number of 4,301 digits, 1,000 open brackets
        raise ConfigInvalid(
            f"{path}: not TOML ({error})", "Correct that line; `inkling config` prints a valid file."
        ) from error
    return build(document, schema)


def build(document: dict[str, Any], schema: type[T]) -> T:
    """`document` (a parsed TOML table of tables) as `schema`; missing keys take their defaults.

    Raises:
        ConfigInvalid: as `read`.
    """
    hints = get_type_hints(schema)
    for name, section in document.items():
        if name not in hints:
            raise ConfigInvalid(f"{_name(name)}: unknown section", f"Use one of {', '.join(hints)}.")
        if not isinstance(section, dict):
            raise ConfigInvalid(f"{name}: is a value, not a section", f"Write it under a [{name}] heading.")
    return schema(**{name: _section(name, document.get(name, {}), hint) for name, hint in hints.items()})


def _section(name: str, table: dict[str, Any], schema: type[Any]) -> Any:
    fields = {f.name: f for f in dataclasses.fields(schema)}
    hints = get_type_hints(schema)
    for key in table:
        if key not in fields:
            raise ConfigInvalid(f"{name}.{_name(key)}: unknown key", f"Use one of {', '.join(fields)}.")
    values = {key: _value(f"{name}.{key}", value, hints[key], fields[key]) for key, value in table.items()}
    for key, declared in fields.items():
        if key not in values and declared.default is MISSING:
            raise ConfigInvalid(f"{name}.{key}: missing", "Add the key; it has no default.")
    return schema(**values)


def _value(where: str, value: Any, hint: Any, declared: Field[Any]) -> Any:
    bounds: Bounds = declared.metadata["bounds"]
    if get_origin(hint) is tuple:
        return _many(where, value, get_args(hint)[0], bounds)
    return _one(where, value, hint, bounds)


def _many(where: str, value: Any, item: Any, bounds: Bounds) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise ConfigInvalid(f"{where}: {_shown(value)} is not a list", "Write it in square brackets.")
    if item is float:
        return tuple(_one(where, each, float, bounds) for each in value)
    if not (bounds.low or 0) <= len(value) <= (bounds.high or 0):
        raise ConfigInvalid(
            f"{where}: {len(value)} entries is outside {bounds.low:g}..{bounds.high:g}", "Change the number of entries."
        )
    entries = tuple(_one(where, each, item, Bounds(pattern=bounds.pattern)) for each in value)
    if len(set(entries)) != len(entries):
        raise ConfigInvalid(f"{where}: an entry stands twice", "Make every entry different.")
    return entries


def _one(where: str, value: Any, kind: Any, bounds: Bounds) -> Any:
    if kind is float and isinstance(value, int) and not isinstance(value, bool) and abs(value) < NUMBER_MAX:
        value = float(value)
    if type(value) is not kind:
        raise ConfigInvalid(f"{where}: {_shown(value)} is not of type {kind.__name__}", "Correct the type.")
    if bounds.choices and value not in bounds.choices:
        raise ConfigInvalid(
            f"{where}: {_shown(value)} is not one of {', '.join(bounds.choices)}", "Choose one of them."
        )
    if bounds.pattern and not re.fullmatch(bounds.pattern, value):
        raise ConfigInvalid(f"{where}: {_shown(value)} does not match {bounds.pattern}", "Correct the word.")
    if bounds.low is not None and bounds.high is not None and not bounds.low <= value <= bounds.high:
        raise ConfigInvalid(
            f"{where}: {_shown(value)} is outside {bounds.low:g}..{bounds.high:g}", "Choose a value inside."
        )
    return value


def _name(text: str) -> str:
    """A name as it stands in the file; one with anything unusual in it, such as a line break, in quotes and escaped."""
    return text if re.fullmatch(r"[A-Za-z0-9_-]{1,40}", text) else _shown(text)


def _shown(value: Any) -> str:
    """`value` in one short line."""
    try:
        line = f"{value:g}" if isinstance(value, float) else repr(value)
    except (ValueError, RecursionError):  # a number of 4,301 digits, a table in a table in a table ...
        return "a value too large to show"
    return line if len(line) <= SHOWN_MAX else line[: SHOWN_MAX - 3] + "..."


def render(settings: Any) -> str:
    """`settings` as a TOML document that `read` gives back unchanged, each key with its note and bounds."""
    lines: list[str] = []
    for section in dataclasses.fields(settings):
        lines.append(f"[{section.name}]")
        table = getattr(settings, section.name)
        lines.extend(
            f"{key.name} = {_toml(getattr(table, key.name))}  # {key.metadata['note']}{_limits(key)}"
            for key in dataclasses.fields(table)
        )
        lines.append("")
    return "\n".join(lines)


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        # JSON escapes all that TOML wants escaped in a string but DEL (toml.io v1.0.0, String).
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, tuple):
        return "[" + ", ".join(_toml(each) for each in value) + "]"
    return repr(value)


def _limits(key: Field[Any]) -> str:
    bounds: Bounds = key.metadata["bounds"]
    if bounds.choices:
        return f" ({' | '.join(bounds.choices)})"
    if bounds.low is not None:
        return f" ({bounds.low:g}..{bounds.high:g})"
    return ""
