"""`python -m models.acted`: what the acted heads look like, as one picture beside the model card."""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2

from appliance.sense.frame import U8
from appliance.sense.lock import PACKAGED_FOLDER
from models.acted.actor import Actor
from models.failures import captioned, sheet
from models.render.person import person_of

SHOWN = ((20, 2, "shop"), (22, 5, "window"), (25, 7, "overhead"), (27, 9, "shop"), (24, 4, "dim"))
"""Development people, their Monk tone and light."""
LOUD = 0.12
"""Eye distances: more than a full action unit, for a micro-expression would not be seen in a still picture."""


def row(person: int, tone: int, light: str) -> list[U8]:
    """Captioned pictures of one person: at rest, frowning, smiling, surprised and with the head turned."""
    actor = Actor(person_of(person), tone, light)
    return [
        captioned(actor.picture({}), f"Monk {tone}, {light} light"),
        captioned(actor.picture({4: LOUD, 7: LOUD / 2}), "AU 4+7"),
        captioned(actor.picture({6: LOUD / 2, 12: LOUD}), "AU 6+12"),
        captioned(actor.picture({1: LOUD, 2: LOUD, 5: LOUD / 3, 26: LOUD}), "AU 1+2+5+26"),
        captioned(actor.picture({}, closed=0.5, turned=(0.3, 0.1, 0.0)), "turned, lids half closed"),
    ]


def main() -> None:
    """Draw them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=PACKAGED_FOLDER / "acted.jpg", help="the picture")
    out = parser.parse_args().out
    picture = sheet([row(*each) for each in SHOWN])
    cv2.imwrite(str(out), picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 85])
    print(f"{out}: {picture.shape[1]} x {picture.shape[0]}")


if __name__ == "__main__":
    main()
