"""The same libraries in small pages, so that a process's memory is its own and not the page cache's.

Linux from 6.18 maps a cached file in whole folios, of up to 2 MB where the file was read or written in large pieces
(mm/filemap.c, "map entire large folio faultaround"). The same process then has 97 or 155 MB resident, by who read
OpenCV's library before it. A file that was just written in single pages is cached in single pages (decision 0087).
"""

from __future__ import annotations

import os
import shutil
import sys
from importlib import metadata
from pathlib import Path

from appliance.errors import InklingError

LARGE = ("numpy", "opencv-python-headless", "tflite-runtime" if sys.version_info < (3, 12) else "ai-edge-litert")
"""The distributions whose libraries make up the most of what sense maps."""

PAGE_BYTES = 4096
"""One page on x86-64 and on a Pi's default kernel."""


def in_small_pages(folder: Path) -> dict[str, str]:
    """Write the large distributions anew under `folder`; the environment in which Python finds them there.

    Raises:
        InklingError: one of them is not installed as a wheel, or `folder` cannot take their 250 MB.
    """
    try:
        _copy(folder)
    except metadata.PackageNotFoundError as error:
        raise InklingError(f"{error.name}: not installed in this environment", "Run `make setup`.") from error
    except OSError as error:
        advice = "Memory is measured on a copy of the libraries: give TMPDIR a disk with 300 MB free."
        raise InklingError(f"{folder}: {error.strerror}", advice) from error
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(folder), *filter(None, [os.environ.get("PYTHONPATH")])])}


def _copy(folder: Path) -> None:
    for name in LARGE:
        for file in metadata.distribution(name).files or []:
            source = Path(str(file.locate()))
            if ".." not in file.parts and source.is_file():  # not the scripts beside the interpreter
                target = folder / file
                target.parent.mkdir(parents=True, exist_ok=True)
                with source.open("rb") as read, target.open("wb", buffering=0) as write:
                    shutil.copyfileobj(read, write, PAGE_BYTES)
