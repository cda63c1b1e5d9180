"""`inkling config`: print the effective configuration, every key with its meaning and bounds."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from appliance.config import render
from appliance.settings import load


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `inkling config`."""
    parser.add_argument("--config", type=Path, help="settings file (default: built-in defaults)")


def main(options: argparse.Namespace) -> int:
    """Print the settings as TOML; 0."""
    sys.stdout.write(render(load(options.config)))
    return 0
