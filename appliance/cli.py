"""The `inkling` command: one table of subcommands, each a module with `add_arguments` and `main`."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence

from appliance import __version__
from appliance.errors import InklingError

COMMANDS: dict[str, tuple[str, str]] = {
    "run": ("appliance.demo.run", "play a clip or camera through the whole chain, live"),
    "watch": ("appliance.watch", "spot expressions in clips as fast as possible; JSON out"),
    "aim": ("appliance.aim", "mount the camera by the light and a word, without a picture"),
    "cue": ("appliance.cuetool", "play each light once"),
    "mask-proof": ("appliance.maskproof", "show that no face is found on the staff side; logged"),
    "doctor": ("appliance.doctor", "one line for each part: fine, or what to do"),
    "config": ("appliance.showconfig", "print the effective configuration"),
}
"""Name -> (module, one line of help). Modules are imported only when called, so no process holds another's parts."""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="inkling",
        description="Expression cues at a counter: a hint, not a feeling. No picture leaves.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="\n".join(["commands:"] + [f"  {name:<12}{line}" for name, (_, line) in COMMANDS.items()]),
    )
    parser.add_argument("--version", action="version", version=f"inkling {__version__}")
    parser.add_argument("command", choices=COMMANDS, metavar="command", help="one of the commands below")
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one subcommand; 0 on success, 2 for bad usage or bad input (one line on stderr), 130 after Ctrl-C."""
    options = _parser().parse_args(argv)
    name, line = COMMANDS[options.command]
    module = importlib.import_module(name)
    parser = argparse.ArgumentParser(prog=f"inkling {options.command}", description=line)
    module.add_arguments(parser)
    try:
        return int(module.main(parser.parse_args(options.arguments)))
    except InklingError as error:
        print(f"inkling {options.command}: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
