"""`python -m models.licensed --data DIR --layout NAME`: measure the shipped model on data you hold a licence for.

Prints where the report was written; 2 and one line for each problem when the data set is not what its layout says.
"""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from collections.abc import Sequence
from pathlib import Path

import cv2

from appliance.errors import ConfigInvalid, InklingError
from appliance.settings import load
from models.clips.progress import Progress
from models.licensed.layouts import LAYOUTS
from models.licensed.measure import recognise, watch
from models.licensed.report import Run, render

REPORT = Path(".cache/reports/licensed.md")


def main(arguments: Sequence[str] | None = None) -> int:
    """Evaluate; 0, or 2 with one line a problem on stderr."""
    parser = argparse.ArgumentParser(prog="python -m models.licensed", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="the folder the data set lies in")
    parser.add_argument("--layout", choices=LAYOUTS, required=True, help="how it is laid out")
    parser.add_argument("--report", type=Path, default=REPORT, metavar="FILE", help=f"default: {REPORT}")
    parser.add_argument("--config", type=Path, help="settings file (default: built-in defaults)")
    options = parser.parse_args(arguments)
    try:
        return _evaluate(options)
    except InklingError as error:
        print(f"models.licensed: {error}", file=sys.stderr)
        return 2


def _evaluate(options: argparse.Namespace) -> int:
    data_set = LAYOUTS[options.layout](options.data)
    if data_set.problems:
        for problem in data_set.problems:
            print(f"models.licensed: {problem}", file=sys.stderr)
        print(f"models.licensed: {len(data_set.problems)} problems; nothing was measured", file=sys.stderr)
        return 2
    from models.licensed.shipped import shipped  # noqa: PLC0415  a broken data set is told before any net is opened

    cv2.setNumThreads(1)
    settings = load(options.config)
    predict, model = shipped()
    recognised = recognise(data_set, predict, settings.model.p_min)
    watched = []
    with Progress("watching", len(data_set.recordings)) as bar:
        for recording in data_set.recordings:
            watched.append(watch(recording, settings))
            bar.step()
    today = dt.datetime.now(tz=dt.UTC).date().isoformat()
    text = render(Run(data_set, recognised, watched, today, model, settings.model.p_min))
    try:
        options.report.parent.mkdir(parents=True, exist_ok=True)
        options.report.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ConfigInvalid(f"--report {options.report}: {error.strerror}", "Give a file you may write.") from error
    print(f"report: {options.report}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
