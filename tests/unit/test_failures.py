"""The picture of known failures shows the moments that the benchmark named."""

from __future__ import annotations

import numpy as np

from models.failures import CAPTION_PX, SHOWN_MAX, captioned, false_events, sheet

TOLD = {"seed": 1000, "apex_s": 1.5, "said": "sustained positive", "p": 0.99}


def test_each_false_event_is_shown_beside_the_face_before() -> None:
    """The first five of six events give a row each; what passes at the apex is not there two seconds before."""
    rows = false_events({"first_seed": 1000, "faces": 1, "quiet": {"hands": {"told": [TOLD] * 6}}})
    assert SHOWN_MAX == len(rows)
    before, apex = (picture[:-CAPTION_PX].astype(float) for picture in rows[0])
    assert np.abs(before - apex).max() > 60


def test_the_sheet_holds_every_picture() -> None:
    """Two rows of two captioned pictures are one picture, twice as wide and twice as high."""
    picture = captioned(np.zeros((40, 60, 3), np.uint8), "text")
    assert (40 + CAPTION_PX, 60, 3) == picture.shape
    assert (2 * (40 + CAPTION_PX), 120, 3) == sheet([[picture, picture], [picture, picture]]).shape
