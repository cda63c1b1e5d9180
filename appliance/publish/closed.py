"""Checks a message against its JSON Schema on the device: the small closed part of the standard that ours use.

Source: JSON Schema 2020-12, validation vocabulary. A keyword this file does not know is an error when the schema is
loaded, so no rule can be written down and silently not held.
"""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.resources import files
from typing import Any

from appliance.errors import PayloadInvalid

_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
}
_RULES = {
    "type", "enum", "const", "pattern", "minimum", "maximum", "maxItems", "uniqueItems", "items",
    "properties", "required", "additionalProperties", "oneOf", "$ref", "propertyNames",
}  # fmt: skip
_NOTES = {"$schema", "$id", "$defs", "title", "description", "examples"}
_ADVICE = "Report it: the program built a message its own schema does not allow."


@cache
def schema(name: str) -> dict[str, Any]:
    """The schema `name` (such as "event") that is shipped beside this file.

    Raises:
        PayloadInvalid: it uses a keyword that is not checked here.
    """
    loaded: dict[str, Any] = json.loads(files("appliance.publish").joinpath("schema", f"{name}.json").read_text())
    _check_keywords(loaded)
    return loaded


def _check_keywords(node: dict[str, Any]) -> None:
    if unknown := set(node) - _RULES - _NOTES:
        raise PayloadInvalid(f"schema keyword {min(unknown)} is not checked", "Use the keywords in closed.py.")
    nested = [*node.get("properties", {}).values(), *node.get("$defs", {}).values(), *node.get("oneOf", [])]
    nested += [
        node[key] for key in ("items", "propertyNames", "additionalProperties") if isinstance(node.get(key), dict)
    ]
    for each in nested:
        _check_keywords(each)


def check(name: str, value: Any) -> None:
    """Return when `value` fits the schema `name`.

    Raises:
        PayloadInvalid: it does not; the fact names the place.
    """
    root = schema(name)
    _check(root, value, root, name)


def _check(rule: dict[str, Any], value: Any, root: dict[str, Any], where: str) -> None:
    if "$ref" in rule:
        _check(root["$defs"][rule["$ref"].removeprefix("#/$defs/")], value, root, where)
    if "oneOf" in rule:
        fits = sum(_fits(each, value, root, where) for each in rule["oneOf"])
        _require(fits == 1, where, f"fits {fits} of its forms, not one")
    kinds = _TYPES.get(rule.get("type", ""))
    if kinds:
        _require(isinstance(value, kinds) and (isinstance(value, bool) == (bool in kinds)), where, "has the wrong type")
    _require("enum" not in rule or value in rule["enum"], where, "is not one of its words")
    if "const" in rule:
        _require(value == rule["const"] and type(value) is type(rule["const"]), where, "is not its one value")
    if isinstance(value, str):
        # Ours are all anchored (^...$); fullmatch because Python's $ lets a trailing newline through, ECMA's does not.
        inner = rule.get("pattern", "^(?s:.*)$")[1:-1]
        _require(re.fullmatch(inner, value) is not None, where, "breaks its pattern")
    elif isinstance(value, int | float) and not isinstance(value, bool):
        _require(rule.get("minimum", value) <= value <= rule.get("maximum", value), where, "is out of bounds")
    elif isinstance(value, list):
        _check_list(rule, value, root, where)
    elif isinstance(value, dict):
        _check_object(rule, value, root, where)


def _check_list(rule: dict[str, Any], value: list[Any], root: dict[str, Any], where: str) -> None:
    _require(len(value) <= rule.get("maxItems", len(value)), where, "has too many items")
    if rule.get("uniqueItems"):
        _require(len({json.dumps(each, sort_keys=True) for each in value}) == len(value), where, "has an item twice")
    for each in value:
        _check(rule.get("items", {}), each, root, where)


def _check_object(rule: dict[str, Any], value: dict[str, Any], root: dict[str, Any], where: str) -> None:
    known = rule.get("properties", {})
    others = rule.get("additionalProperties", True)
    for missing in set(rule.get("required", [])) - set(value):
        _require(False, where, f"lacks {missing}")
    for key, each in value.items():
        if "propertyNames" in rule:
            _check(rule["propertyNames"], key, root, f"{where}.{key}")
        if key in known:
            _check(known[key], each, root, f"{where}.{key}")
        elif isinstance(others, dict):
            _check(others, each, root, f"{where}.{key}")
        else:
            _require(bool(others), where, f"has the unlisted field {key[:32]!r}")


def _fits(rule: dict[str, Any], value: Any, root: dict[str, Any], where: str) -> bool:
    try:
        _check(rule, value, root, where)
    except PayloadInvalid:
        return False
    return True


def _require(true: bool, where: str, fact: str) -> None:
    if not true:
        raise PayloadInvalid(f"{where}: {fact}", _ADVICE)
