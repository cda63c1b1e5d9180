"""The staff card: one A5 side with each light as a picture, what not to conclude, buttons, switching off."""

from __future__ import annotations

from appliance.cue.buttons import LONG_S
from appliance.cue.pattern import PATTERNS, Colour, Pattern
from appliance.drawing import box, disc, lines, sheet, text
from appliance.events import Light, Mode
from appliance.profiles import mode_of, word_of
from appliance.sense.budget import PER_HOUR_MAX, PER_SHIFT_MAX
from appliance.sense.pause import PAUSE_S
from appliance.sense.policy import SNOOZES_S
from appliance.settings import Settings

WIDTH, HEIGHT = 148.0, 210.0
"""A5, millimetres."""
MARGIN = 10.0
ROW = 11.4
COLOURS = {Colour.AMBER: "#ffb000", Colour.BLUE: "#1f6fff"}
STRIP_S = 6.0
"""Each strip shows six seconds of the light, or one round of a longer rhythm."""
MEANINGS = {
    Light.CHECK_IN: "Somebody may need a word. Look up, ask, decide yourself.",
    Light.STILL_HARD: "It still looks hard. Take over, or fetch somebody.",
    Light.HELP: "A colleague pressed help. Go there. No camera lights this.",
    Light.PAUSED: "Nobody is read. The camera and its white lamp are off.",
    Light.FAULT: "Something is broken. The counter works as without it.",
    Light.RELIEF: "A hard stretch here: a good moment to swap or pause.",
}
LINE_CHARACTERS = 68
"""Fits the sheet in the widest usual font (DejaVu Sans) at 3.3 mm."""
NOT = (
    "It notices facial movement that people often show when something is wrong.",
    "It does not know what anybody feels, means or intends, and it is often wrong.",
    "A scowl may be reading the price list. Never mention the light to a customer.",
    "It never reads staff, keeps no picture, and knows no names.",
)


def card(settings: Settings) -> str:
    """The card as SVG, for the configured mode, light and quiet hours."""
    mode = mode_of(settings.use)
    shapes = [text(MARGIN, 16, "The light at this counter", 7, bold=True)]
    y = 26.0
    for light, pattern in PATTERNS.items():
        if light is Light.READY:
            continue  # the installer's
        if light is Light.PAUSED and mode not in {Mode.OPT_IN, Mode.NOTICE}:
            continue
        shapes += _row(y, pattern, MEANINGS[light], tower=settings.cue.device == "tower")
        y += ROW
    for title, rows in (("What not to conclude", NOT), ("Buttons", tuple(_buttons(settings, mode)))):
        part, y = _block(y + 3, title, rows)
        shapes += part
    shapes.append(text(MARGIN, HEIGHT - 9, f"{settings.site.site} / {settings.site.device}", 2.8))
    shapes.append(text(MARGIN, HEIGHT - 5, _state(settings, mode), 2.8))
    return sheet(WIDTH, HEIGHT, shapes)


def _row(y: float, pattern: Pattern, meaning: str, *, tower: bool) -> list[str]:
    """One light: its colour, six seconds of its rhythm, its name and what it asks for."""
    colour = "#19a05f" if tower and pattern.colour is Colour.BLUE else COLOURS[pattern.colour]
    strength = 1.0 if pattern.level > 0.5 else 0.45
    shapes = [disc(MARGIN + 5, y, 5, colour, opacity=strength)]
    left, width = MARGIN + 14, 30.0
    shapes.append(box(left, y - 3, width, 6, "#eee", edge="#999"))
    strip_s = max(STRIP_S, pattern.period_s)
    for begin_s, end_s in _lit(pattern, strip_s):
        begin, end = (left + width * each / strip_s for each in (begin_s, end_s))
        shapes.append(box(begin, y - 3, end - begin, 6, colour, opacity=strength))
    shapes.append(text(left, y + 6, f"{strip_s:g} seconds" + (", dim" if strength < 1 else ""), 2.2))
    shapes.append(text(MARGIN + 46, y - 1, pattern.meaning.capitalize(), 4.2, bold=True))
    shapes.append(text(MARGIN + 46, y + 4, meaning, 2.7))
    return shapes


def _lit(pattern: Pattern, strip_s: float) -> list[tuple[float, float]]:
    """When the light is on within a strip of `strip_s` seconds."""
    if not pattern.period_s:
        return [(0.0, strip_s)]
    rounds = [pattern.period_s * number for number in range(int(strip_s / pattern.period_s) + 1)]
    spans = [(start + begin, min(strip_s, start + end)) for start in rounds for begin, end in pattern.on]
    return [(begin, end) for begin, end in spans if begin < strip_s]


def _block(y: float, title: str, rows: tuple[str, ...]) -> tuple[list[str], float]:
    """A title with its points; the shapes and the y below them."""
    shapes = [text(MARGIN, y, title, 4.6, bold=True)]
    y += 6
    for row in rows:
        part, below = lines(MARGIN + 4, y, row, LINE_CHARACTERS, 3.3)
        shapes += [disc(MARGIN + 1, y - 1.1, 0.6, "#222"), *part]
        y = below + 1.2
    return shapes, y


def _buttons(settings: Settings, mode: Mode) -> list[str]:
    """What the buttons do, and how to switch it off."""
    rows = [
        f"Round button, short: it helped. Held {LONG_S:g} second: not needed. Your presses measure the light.",
        "Help button, short: asks for help, again: ends it. Held: it is a lot just now (counted, nameless).",
        f"Quiet: hold the round button while dark: {SNOOZES_S[0] / 60:g} minutes, again: {SNOOZES_S[1] / 60:g}.",
    ]
    if mode is Mode.NOTICE:
        rows.append(f"Off: press the customer's button: nobody is read for {PAUSE_S / 60:g} minutes. Or pull the plug.")
    if mode is Mode.OPT_IN:
        rows.append("Off: it reads only after a customer's press, and stops after the visit. Or pull the plug.")
    if settings.policy.quiet_from:
        rows.append(f"Dark every day from {settings.policy.quiet_from} to {settings.policy.quiet_to}.")
    rows.append(
        f"At most {PER_HOUR_MAX} cues an hour and {PER_SHIFT_MAX} a shift; it turns itself off when often wrong."
    )
    return rows


def _state(settings: Settings, mode: Mode) -> str:
    shadow = "trial: the light stays dark and only counts" if settings.policy.shadow else "live"
    return f"mode {word_of(mode)}, {shadow}"
