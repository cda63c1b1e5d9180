"""`make card`: writes the staff card and the customer sign as SVG and as PDF, for one configuration."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from appliance.errors import InklingError
from appliance.printed.card import card
from appliance.printed.pdf import pdf
from appliance.printed.sign import sign
from appliance.settings import Settings, load


def sheets(settings: Settings) -> dict[str, str]:
    """File name -> SVG of everything that is printed."""
    return {"staff-card.svg": card(settings), "customer-sign.svg": sign(settings)}


def pages(settings: Settings) -> dict[str, bytes]:
    """File name -> PDF of the same.

    Raises:
        ConfigInvalid: a letter in the settings that PDF's own fonts do not have.
    """
    named = {"staff-card": "The light at this counter", "customer-sign": "A sign for customers"}
    drawn = sheets(settings)
    return {f"{name}.pdf": pdf(drawn[f"{name}.svg"], title) for name, title in named.items()}


def main() -> int:
    """Write all four into a folder; 2 with one line when an input is bad."""
    parser = argparse.ArgumentParser(prog="make card", description=__doc__)
    parser.add_argument("--config", type=Path, help="settings file (default: built-in defaults)")
    parser.add_argument("--folder", type=Path, default=Path("docs"), help="where to (default docs)")
    options = parser.parse_args()
    try:
        settings = load(options.config)
        for name, drawn in sheets(settings).items():
            (options.folder / name).write_text(drawn)
            sys.stdout.write(f"{options.folder / name}\n")
        for name, page in pages(settings).items():
            (options.folder / name).write_bytes(page)
            sys.stdout.write(f"{options.folder / name}\n")
    except InklingError as error:
        sys.stderr.write(f"make card: {error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
