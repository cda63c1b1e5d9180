"""The customer sign: A4 with a pictogram, in the configured languages, saying what the configured mode does."""

from __future__ import annotations

from appliance.drawing import box, disc, lines, path, sheet, text
from appliance.events import Mode
from appliance.printed.words import WORDS, Words
from appliance.profiles import mode_of
from appliance.settings import Settings

WIDTH, HEIGHT = 210.0, 297.0
"""A4, millimetres; legible at 2 m with 7 mm titles (about 3 mm of letter height a metre, DIN 1450)."""
MARGIN = 16.0
LEFT, TOP = WIDTH / 2, 52.0


def sign(settings: Settings) -> str:
    """The sign as SVG."""
    mode = mode_of(settings.use)
    shapes = _pictogram(mode)
    y = 112.0
    for language in settings.use.languages:
        part, y = _language(WORDS[language], mode, settings.use.contact, y)
        shapes += part
        y += 14
    return sheet(WIDTH, HEIGHT, shapes)


def _language(words: Words, mode: Mode, contact: str, y: float) -> tuple[list[str], float]:
    """One language's block; the shapes and the y below it."""
    shapes = [box(MARGIN, y - 10, WIDTH - 2 * MARGIN, 0.6, "#222")]
    rows = [words.buttons] if mode in {Mode.OFF, Mode.BUTTONS_ONLY} else [words.does, words.never, _choice(words, mode)]
    if mode in {Mode.OPT_IN, Mode.NOTICE}:
        part, y = lines(MARGIN, y, words.title, 44, 7)
        shapes += [each.replace("<text ", '<text font-weight="bold" ') for each in part]
        y += 2
    for row in rows:
        part, y = lines(MARGIN, y, row, 54, 6)
        shapes += part
        y += 1.5
    if contact:
        shapes.append(text(MARGIN, y, f"{words.contact} {contact}", 6))
        y += 8
    return shapes, y


def _choice(words: Words, mode: Mode) -> str:
    return words.opt_in if mode is Mode.OPT_IN else words.notice


def _pictogram(mode: Mode) -> list[str]:
    """A face before a camera with its lamp, and a hand's button that ends it; without a camera the button alone."""
    button = [
        disc(LEFT + 55, TOP, 20, "#fff"),
        disc(LEFT + 55, TOP, 12, "#1f6fff"),
        path(f"M {LEFT + 52} {TOP - 5} v 10 M {LEFT + 58} {TOP - 5} v 10", edge="#fff", width=2.4),
    ]
    if mode in {Mode.OFF, Mode.BUTTONS_ONLY}:
        return button
    face = [
        disc(LEFT - 55, TOP, 22, "#fff"),
        disc(LEFT - 62, TOP - 5, 2, "#222"),
        disc(LEFT - 48, TOP - 5, 2, "#222"),
        path(f"M {LEFT - 63} {TOP + 9} h 16", width=2),
        path(f"M {LEFT - 66} {TOP - 11} h 8 M {LEFT - 52} {TOP - 11} h 8", width=1.6),
    ]
    camera = [
        box(LEFT - 17, TOP - 12, 34, 24, "#222", round_mm=4),
        disc(LEFT - 3, TOP, 8, "#fff"),
        disc(LEFT - 3, TOP, 4, "#222"),
        disc(LEFT + 11, TOP - 6, 2.6, "#fff", edge="#fff"),
        path(
            f"M {LEFT + 11} {TOP - 17} v -5 M {LEFT + 17} {TOP - 14} l 4 -4 M {LEFT + 5} {TOP - 14} l -4 -4", width=1.2
        ),
        path(f"M {LEFT - 21} {TOP} h -8 m 4 -4 l -4 4 l 4 4", width=1.6),
    ]
    return [*face, *camera, *button]
