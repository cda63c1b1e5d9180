"""The settings file: defaults, bounds, and one clear line for each mistake."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from appliance.config import CONFIG_BYTES_MAX, build, render
from appliance.errors import ConfigInvalid
from appliance.settings import Settings, load


@pytest.mark.parametrize(
    ("document", "fact"),
    [
        ({"camera": {"rate_hz": 900}}, "camera.rate_hz: 900 is outside 5..200"),
        ({"camera": {"rate": 60}}, "camera.rate: unknown key"),
        ({"kamera": {}}, "kamera: unknown section"),
        ({"camera": 3}, "camera: is a value, not a section"),
        ({"camera": {"rate_hz": "60"}}, "camera.rate_hz: '60' is not of type int"),
        ({"camera": {"rate_hz": True}}, "camera.rate_hz: True is not of type int"),
        ({"site": {"touchpoints": []}}, "site.touchpoints: 0 entries is outside 1..16"),
        ({"site": {"touchpoints": ["a", "a"]}}, "site.touchpoints: an entry stands twice"),
        ({"site": {"touchpoints": "a"}}, "site.touchpoints: 'a' is not a list"),
        ({"site": {"device": "Ink 1"}}, "site.device: 'Ink 1' does not match [a-z0-9][a-z0-9-]{0,31}"),
    ],
)
def test_each_mistake_has_its_line(document: dict[str, object], fact: str) -> None:
    """A wrong key, type, word or bound stops the start with where, what and the bound."""
    with pytest.raises(ConfigInvalid) as caught:
        build(document, Settings)
    assert fact == caught.value.fact


def test_defaults_are_within_their_own_bounds() -> None:
    """The printed defaults read back as the same settings."""
    assert Settings() == build(tomllib.loads(render(Settings())), Settings)


def test_integers_serve_where_a_number_is_asked() -> None:
    """`dwell_s = 3` is the same as `dwell_s = 3.0`."""
    assert 3.0 == build({"policy": {"dwell_s": 3}}, Settings).policy.dwell_s


@pytest.mark.parametrize(
    ("content", "fact"),
    [
        (b"a = = b", "not TOML"),
        (b"\xff\xfe", "not TOML"),
        (b"#" * (CONFIG_BYTES_MAX + 1), f"larger than {CONFIG_BYTES_MAX} bytes"),
    ],
)
def test_a_file_that_is_no_settings_file_is_named(tmp_path: Path, content: bytes, fact: str) -> None:
    """A file that is not TOML, or far too large, is refused by name."""
    path = tmp_path / "inkling.toml"
    path.write_bytes(content)
    with pytest.raises(ConfigInvalid) as caught:
        load(path)
    assert fact in caught.value.fact
    assert str(path) in caught.value.fact


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """A path that is not there is refused by name."""
    with pytest.raises(ConfigInvalid, match="No such file"):
        load(tmp_path / "none.toml")
