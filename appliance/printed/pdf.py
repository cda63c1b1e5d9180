"""A drawing of `appliance.drawing` as a PDF: one page, vector shapes, real text, the same bytes every time.

Only what the card and the sign are drawn with: rect, circle, path (M m h v l), text from its left end. Text is set in
Helvetica and Helvetica-Bold, two of the fourteen fonts that every PDF reader brings along (ISO 32000-1, 9.6.2.2), in
WinAnsiEncoding (Windows-1252), which holds every letter of the sign's languages. Nothing is compressed, so that a
changed word shows in a diff.
"""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from appliance.errors import ConfigInvalid

POINTS_PER_MM = 72 / 25.4
ROUND = 0.5523
"""Length of a cubic's handles, in radii, that draws a quarter circle to 0.03 % (4/3 (sqrt 2 - 1))."""
FONTS = {"normal": "F1", "bold": "F2"}
Shape = dict[str, str]


def pdf(svg: str, title: str) -> bytes:
    """`svg`, as `drawing.sheet` gives it, as a PDF of the same size.

    Raises:
        ConfigInvalid: a letter that the fonts do not have.
        ValueError: a shape that this file does not know.
    """
    sheet = ET.fromstring(svg)  # noqa: S314  # our own drawing, from no other source
    width, height = (float(sheet.attrib[side].removesuffix("mm")) for side in ("width", "height"))
    shapes = [(each.tag.rpartition("}")[2], each.attrib, each.text or "") for each in sheet]
    levels = ["1", *sorted({each.get("fill-opacity", "1") for _, each, _ in shapes} - {"1"})]
    # Millimetres from the top left from here on, as in the drawing.
    turned = f"{_n(POINTS_PER_MM)} 0 0 {_n(-POINTS_PER_MM)} 0 {_n(height * POINTS_PER_MM)} cm\n1 J"
    drawn = "\n".join([turned, *(_shape(name, each, words, levels) for name, each, words in shapes)])
    states = " ".join(f"/A{number} << /ca {level} >>" for number, level in enumerate(levels))
    font = "<< /Type /Font /Subtype /Type1 /BaseFont /{} /Encoding /WinAnsiEncoding >>"
    content = _bytes(drawn)
    return _file(
        [
            b"<< /Type /Catalog /Pages 2 0 R /ViewerPreferences << /DisplayDocTitle true >> >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            _bytes(
                f"<< /Type /Page /Parent 2 0 R /Contents 4 0 R "
                f"/MediaBox [0 0 {_n(width * POINTS_PER_MM)} {_n(height * POINTS_PER_MM)}] "
                f"/Resources << /Font << /F1 5 0 R /F2 6 0 R >> /ExtGState << {states} >> >> >>"
            ),
            b"<< /Length %d >>\nstream\n%b\nendstream" % (len(content), content),
            _bytes(font.format("Helvetica")),
            _bytes(font.format("Helvetica-Bold")),
            _bytes(f"<< /Title ({_escaped(title)}) >>"),
        ]
    )


def _file(objects: list[bytes]) -> bytes:
    """Header, numbered objects, the table of where each begins, trailer (ISO 32000-1, 7.5); the last one is Info."""
    # The comment of high bytes tells mail and version control that this is no text (same place, 7.5.2).
    out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    begins = []
    for number, body in enumerate(objects, 1):
        begins.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % begin for begin in begins)
    last = len(objects)
    out += b"trailer\n<< /Size %d /Root 1 0 R /Info %d 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (last + 1, last, table)
    return bytes(out)


def _shape(name: str, shape: Shape, words: str, levels: list[str]) -> str:
    """The operators that draw one shape."""
    if name == "text":
        return _text(shape, words)
    state = f"/A{levels.index(shape.get('fill-opacity', '1'))} gs"
    paints = {"rect": _rect, "circle": _circle, "path": _path}
    if name not in paints:
        raise ValueError(f"{name} has no form in the PDF")
    fill, edge = shape.get("fill", "none"), shape.get("stroke", "none")
    parts = [state]
    if fill != "none":
        parts.append(f"{_colour(fill)} rg")
    if edge != "none":
        parts.append(f"{_colour(edge)} RG {shape['stroke-width']} w")
    return " ".join([*parts, paints[name](shape), "f" if edge == "none" else "S" if fill == "none" else "B"])


def _text(shape: Shape, words: str) -> str:
    if shape.get("text-anchor", "start") != "start":
        raise ValueError("text in the PDF is set from its left end")
    font = FONTS[shape.get("font-weight", "normal")]
    at = f"1 0 0 -1 {shape['x']} {shape['y']} Tm"
    return f"BT /A0 gs 0 g /{font} {shape['font-size']} Tf {at} ({_escaped(words)}) Tj ET"


def _rect(shape: Shape) -> str:
    x, y, width, height = (float(shape.get(key, "0")) for key in ("x", "y", "width", "height"))
    radius = float(shape.get("rx", "0"))
    if not radius:
        return f"{_n(x)} {_n(y)} {_n(width)} {_n(height)} re"
    right, bottom = x + width, y + height
    return " ".join(
        [
            f"{_n(x + radius)} {_n(y)} m {_n(right - radius)} {_n(y)} l",
            _corner(right - radius, y, right, y + radius, across=True),
            f"{_n(right)} {_n(bottom - radius)} l",
            _corner(right, bottom - radius, right - radius, bottom, across=False),
            f"{_n(x + radius)} {_n(bottom)} l",
            _corner(x + radius, bottom, x, bottom - radius, across=True),
            f"{_n(x)} {_n(y + radius)} l",
            _corner(x, y + radius, x + radius, y, across=False),
            "h",
        ]
    )


def _circle(shape: Shape) -> str:
    x, y, radius = (float(shape[key]) for key in ("cx", "cy", "r"))
    tops = [(x, y - radius), (x + radius, y), (x, y + radius), (x - radius, y), (x, y - radius)]
    corners = [_corner(*tops[turn], *tops[turn + 1], across=turn % 2 == 0) for turn in range(4)]
    return " ".join([f"{_n(x)} {_n(y - radius)} m", *corners, "h"])


def _corner(x: float, y: float, to_x: float, to_y: float, *, across: bool) -> str:
    """A quarter circle from (x, y); `across`: it sets out along x, else along y."""
    wide, tall = ROUND * (to_x - x), ROUND * (to_y - y)
    first, second = ((x + wide, y), (to_x, to_y - tall)) if across else ((x, y + tall), (to_x - wide, to_y))
    return " ".join(_n(each) for each in (*first, *second, to_x, to_y)) + " c"


def _path(shape: Shape) -> str:
    """Moves and lines; small letters are relative to the point reached."""
    out, x, y = [], 0.0, 0.0
    for step, numbers in re.findall(r"([A-Za-z])([^A-Za-z]*)", shape["d"]):
        given = [float(number) for number in numbers.split()]
        if step not in "Mmhvl":
            raise ValueError(f"path step {step} has no form in the PDF")
        if step == "M":
            x = y = 0.0
        across, down = (given[0], 0.0) if step == "h" else (0.0, given[0]) if step == "v" else (given[0], given[1])
        x, y = x + across, y + down
        out.append(f"{_n(x)} {_n(y)} {'m' if step in 'Mm' else 'l'}")
    return " ".join(out)


def _colour(word: str) -> str:
    """#rgb or #rrggbb as three shares of 1."""
    digits = word.removeprefix("#")
    digits = "".join(2 * digit for digit in digits) if len(digits) == 3 else digits
    return " ".join(_n(int(digits[at : at + 2], 16) / 255) for at in (0, 2, 4))


def _escaped(words: str) -> str:
    return re.sub(r"([()\\])", r"\\\1", words)


def _n(number: float) -> str:
    """A number to a ten-thousandth, without needless zeros."""
    return f"{number:.4f}".rstrip("0").rstrip(".")


def _bytes(words: str) -> bytes:
    try:
        return words.encode("cp1252")
    except UnicodeEncodeError as error:
        raise ConfigInvalid(
            f"{words[error.start]!r} cannot be set in the PDF's own fonts", "Print the SVG from a browser instead."
        ) from error
