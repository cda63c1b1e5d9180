"""`python -m provisioning.pictures`: draws the pictures of docs/install.md from the numbers the program uses."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from pathlib import Path

from appliance.cue.pattern import PATTERNS, Colour, shown
from appliance.settings import Camera, View

EYES_M = 0.063
"""Mean distance of adult pupils, 63 mm (Dodgson 2004, "Variation and extrema of human interpupillary distance")."""
VIEW_DEG = 66.0
"""Horizontal view of Raspberry Pi Camera Module 3 (its product brief)."""
NEAR_M = 0.4
"""Nearer, a face turns out of the picture with each step to the side."""
LOOK_DOWN_DEG = 10
COLOURS = {Colour.AMBER: "#e08a00", Colour.BLUE: "#1f6fd0"}
INK, PAPER, SOFT, GRID = "#222", "#fff", "#e9e9e9", "#bbb"
STRIP_S = 6.0
STEP_S = 1 / 16


def far_m(width_px: int, far_px: int) -> float:
    """The distance in metres at which the eyes are `far_px` apart in a picture `width_px` wide (pinhole camera)."""
    return width_px * EYES_M / (2 * math.tan(math.radians(VIEW_DEG / 2)) * far_px)


def text(x: float, y: float, words: str, size: int = 14, anchor: str = "start", weight: str = "normal") -> str:
    """One line of text."""
    return f'<text x="{x:g}" y="{y:g}" font-size="{size}" text-anchor="{anchor}" font-weight="{weight}">{words}</text>'


def box(x: float, y: float, width: float, height: float, fill: str, edge: str = INK) -> str:
    """A rectangle with soft corners."""
    return (
        f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="5" fill="{fill}" stroke="{edge}" '
        'stroke-width="1.5"/>'
    )


def line(x1: float, y1: float, x2: float, y2: float, more: str = "") -> str:
    """A line; `more` adds attributes."""
    return f'<line x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}" stroke="{INK}" stroke-width="1.5" {more}/>'


def sheet(width: int, height: int, title: str, parts: Sequence[str]) -> str:
    """A whole SVG."""
    arrow = (
        '<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" '
        f'orient="auto-start-reverse"><path d="M0 0L8 4L0 8z" fill="{INK}"/></marker></defs>'
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'font-family="sans-serif" fill="{INK}" role="img" aria-label="{title}">\n'
        f'<rect width="{width}" height="{height}" fill="{PAPER}"/>\n{arrow}\n' + "\n".join(parts) + "\n</svg>\n"
    )


def flash_picture() -> str:
    """Five steps from the computer to the counter."""
    steps = (
        ("1  make image", "or take the", "release's image"),
        ("2  make identity", "key, certificate,", "settings"),
        ("3  make flash", "type the card's", "name; it reads back"),
        ("4  card into", "the device,", "then power"),
        ("5  two minutes:", "the light goes dark,", "the device is online"),
    )
    parts = []
    for number, (head, first, second) in enumerate(steps):
        x = 10 + number * 158
        parts += [box(x, 20, 140, 84, SOFT), text(x + 70, 46, head, 14, "middle", "bold")]
        parts += [text(x + 70, 70, first, 12, "middle"), text(x + 70, 88, second, 12, "middle")]
        if number:
            parts.append(line(x - 17, 62, x - 3, 62, 'marker-end="url(#arrow)"'))
    return sheet(800, 124, "From computer to counter in five steps", parts)


def mount_picture() -> str:
    """Side view: distance, height, angle and light."""
    far = math.floor(far_m(Camera().width, View().far_px) * 10) / 10
    middle = (NEAR_M + far) / 2
    scale = 330.0
    eye_y, camera_x = 150.0, 420.0
    face_x = camera_x + middle * scale
    rise = math.tan(math.radians(LOOK_DOWN_DEG)) * middle * scale
    camera_y = eye_y - rise
    near_x, far_x = camera_x + NEAR_M * scale, camera_x + far * scale
    half = math.radians(VIEW_DEG * 3 / 8)  # a 4:3 picture sees three quarters as far up and down as to the sides
    down = math.radians(LOOK_DOWN_DEG)
    reach = far * scale + 30
    rays = [
        (camera_x + reach * math.cos(angle), camera_y + reach * math.sin(angle)) for angle in (down - half, down + half)
    ]
    cone = " ".join(f"{x:.0f},{y:.0f}" for x, y in [(camera_x, camera_y), *rays])
    parts = [
        f'<polygon points="{cone}" fill="#fff3d6" stroke="none"/>',
        box(330, 300, 130, 110, SOFT), text(395, 360, "counter", 14, "middle"),
        line(camera_x - 20, 300, camera_x - 20, camera_y), box(camera_x - 34, camera_y - 14, 32, 28, INK),
        text(camera_x - 44, camera_y - 20, "camera", 14, "end", "bold"),
        f'<circle cx="{face_x:.0f}" cy="{eye_y}" r="34" fill="{PAPER}" stroke="{INK}" stroke-width="1.5"/>',
        f'<circle cx="{face_x - 18:.0f}" cy="{eye_y - 4}" r="3"/>',
        line(face_x, eye_y + 34, face_x, 410), text(face_x + 44, eye_y + 5, "customer"),
        f'<circle cx="150" cy="{eye_y + 40}" r="30" fill="{PAPER}" stroke="{INK}" stroke-width="1.5"/>',
        line(150, eye_y + 70, 150, 410), text(150, eye_y + 12 - 22, "staff", 14, "middle"),
        box(232, 262, 30, 38, COLOURS[Colour.AMBER]), line(247, 300, 330, 330),
        text(247, 250, "light, staff side", 13, "middle"),
        line(30, 410, 790, 410),
        line(near_x, 440, far_x, 440, 'marker-end="url(#arrow)" marker-start="url(#arrow)"'),
        line(near_x, 300, near_x, 446, 'stroke-dasharray="4"'), line(far_x, 300, far_x, 446, 'stroke-dasharray="4"'),
        text((near_x + far_x) / 2, 462, f"face {NEAR_M:.1f} to {far:.1f} m from the camera", 14, "middle"),
        text(camera_x + 10, camera_y - 42, f"a little above eye height, looking {LOOK_DOWN_DEG}\u00b0 down"),
        f'<circle cx="50" cy="40" r="16" fill="#ffd76a" stroke="{INK}"/>',
        text(76, 36, "light from the staff side or above,"),
        text(76, 54, "never a window behind the customer"),
    ]  # fmt: skip
    return sheet(820, 480, "Where the camera goes, seen from the side", parts)


def light_picture() -> str:
    """Six seconds of every pattern of the light."""
    left, width, row = 150.0, 560.0, 44.0
    parts = [
        line(
            left + s * width / STRIP_S,
            30,
            left + s * width / STRIP_S,
            36 + row * len(PATTERNS),
            f'opacity=".25" id="s{s}"',
        )
        for s in range(int(STRIP_S) + 1)
    ]
    parts += [text(left + s * width / STRIP_S, 24, f"{s} s", 11, "middle") for s in range(int(STRIP_S) + 1)]
    for number, (light, pattern) in enumerate(PATTERNS.items()):
        y = 38 + number * row
        parts.append(text(left - 12, y + 19, pattern.meaning, 14, "end", "bold"))
        parts.append(box(left, y, width, 28, "#333"))
        for index in range(int(STRIP_S / STEP_S)):
            now = shown(light, index * STEP_S)
            if now.lit:
                level = max(now.amber, now.blue)
                x = left + index * STEP_S * width / STRIP_S
                parts.append(
                    f'<rect x="{x:.1f}" y="{y + 1:g}" width="{STEP_S * width / STRIP_S + 0.3:.1f}" height="26" '
                    f'fill="{COLOURS[pattern.colour]}" opacity="{level:.2f}"/>'
                )
        parts.append(text(left + width + 10, y + 19, pattern.colour.value, 13))
    return sheet(790, int(44 + row * len(PATTERNS)), "What each blink means", parts)


def pictures() -> dict[str, str]:
    """File name in docs -> SVG."""
    return {
        "install-flash.svg": flash_picture(),
        "install-mount.svg": mount_picture(),
        "install-light.svg": light_picture(),
    }


if __name__ == "__main__":
    for name, drawn in pictures().items():
        Path("docs", name).write_text(drawn)
    sys.exit(0)
