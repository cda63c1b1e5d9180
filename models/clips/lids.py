"""Closing the eyes of a portrait: the skin above each upper lid is stretched down over the eye."""

from __future__ import annotations

import numpy as np

from appliance.sense.frame import F32

EYES = (
    ((33, 246, 161, 160, 159, 158, 157, 173, 133), (33, 7, 163, 144, 145, 153, 154, 155, 133)),
    ((362, 398, 384, 385, 386, 387, 388, 466, 263), (362, 382, 381, 380, 374, 373, 390, 249, 263)),
)
"""Upper and lower lid of the image-left and image-right eye, in the face mesh's indices (canonical_face_model.obj)."""

SKIN_SHARE = 1.6
"""Skin that gives way above the lid, in heights of the open eye: up to the crease and a little beyond."""


def lid_rows(points: F32, closed: float, rows: F32) -> F32:
    """Row to read each pixel from, float32 [h, w], when the lids are `closed` (0..1).

    points: landmarks float32 [468, 2] in pixels; rows: each pixel's own row, float32 [h, w].
    """
    source = rows.copy()
    for upper, lower in EYES:
        left, right = int(np.ceil(points[upper[0], 0])), int(points[upper[-1], 0])
        columns = np.arange(left, right + 1)
        top = np.interp(columns, points[list(upper), 0], points[list(upper), 1])
        bottom = np.interp(columns, points[list(lower), 0], points[list(lower), 1])
        lid = top + closed * (bottom - top)
        crease = top - SKIN_SHARE * float((bottom - top).max())
        part = rows[:, left : right + 1]
        stretched = crease + (part - crease) * (top - crease) / np.maximum(lid - crease, 1e-3)
        covered = (part > crease) & (part < lid)
        source[:, left : right + 1] = np.where(covered, stretched, part)
    return source
