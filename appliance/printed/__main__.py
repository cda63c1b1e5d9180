"""`make card`: writes the staff card and the customer sign as SVG, for one configuration."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from appliance.printed.card import card
from appliance.printed.sign import sign
from appliance.settings import Settings, load


def sheets(settings: Settings) -> dict[str, str]:
    """File name -> SVG of everything that is printed."""
    return {"staff-card.svg": card(settings), "customer-sign.svg": sign(settings)}


def main() -> int:
    """Write both into a folder."""
    parser = argparse.ArgumentParser(prog="make card", description=__doc__)
    parser.add_argument("--config", type=Path, help="settings file (default: built-in defaults)")
    parser.add_argument("--folder", type=Path, default=Path("docs"), help="where to (default docs)")
    options = parser.parse_args()
    for name, drawn in sheets(load(options.config)).items():
        (options.folder / name).write_text(drawn)
        sys.stdout.write(f"{options.folder / name}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
