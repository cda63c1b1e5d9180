"""A few SVG shapes as text; what the card, the sign and the shift's plots are drawn with. Lengths in millimetres."""

from __future__ import annotations

from xml.sax.saxutils import escape

FONT = "Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif"


def sheet(width: float, height: float, shapes: list[str]) -> str:
    """A whole SVG document of this size, white, with `shapes` on it."""
    body = "\n".join(shapes)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}mm" height="{height:g}mm" '
        f'viewBox="0 0 {width:g} {height:g}" font-family="{FONT}">\n'
        f'<rect width="{width:g}" height="{height:g}" fill="#fff"/>\n{body}\n</svg>\n'
    )


def text(x: float, y: float, words: str, size: float = 4.0, *, bold: bool = False, anchor: str = "start") -> str:
    """One line of text with its baseline at (x, y)."""
    weight = ' font-weight="bold"' if bold else ""
    return f'<text x="{x:g}" y="{y:g}" font-size="{size:g}" text-anchor="{anchor}"{weight}>{escape(words)}</text>'


def lines(x: float, y: float, words: str, width: int, size: float = 4.0) -> tuple[list[str], float]:
    """`words` broken at `width` characters; the shapes and the y below them."""
    shapes: list[str] = []
    row = ""
    for word in words.split():
        if row and len(row) + 1 + len(word) > width:
            shapes.append(text(x, y, row, size))
            row, y = word, y + size * LEADING
        else:
            row = f"{row} {word}".strip()
    shapes.append(text(x, y, row, size))
    return shapes, y + size * LEADING


LEADING = 1.35
"""Line distance in font sizes, usual for print."""


def box(
    x: float,
    y: float,
    width: float,
    height: float,
    fill: str,
    *,
    round_mm: float = 0.0,
    edge: str = "none",
    opacity: float = 1.0,
) -> str:
    """A rectangle."""
    return (
        f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="{round_mm:g}" '
        f'fill="{fill}" fill-opacity="{opacity:g}" stroke="{edge}" stroke-width="0.4"/>'
    )


def disc(x: float, y: float, radius: float, fill: str, *, edge: str = "#222", opacity: float = 1.0) -> str:
    """A circle."""
    return (
        f'<circle cx="{x:g}" cy="{y:g}" r="{radius:g}" fill="{fill}" fill-opacity="{opacity:g}" '
        f'stroke="{edge}" stroke-width="0.5"/>'
    )


def path(data: str, *, edge: str = "#222", width: float = 1.0, fill: str = "none") -> str:
    """A path in SVG's own words."""
    return f'<path d="{data}" fill="{fill}" stroke="{edge}" stroke-width="{width:g}" stroke-linecap="round"/>'
