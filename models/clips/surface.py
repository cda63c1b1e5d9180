"""How a face's surface shifts in the picture when the head turns and when the eyes look aside."""

from __future__ import annotations

import numpy as np

from appliance.sense.frame import CROP_PX, F32
from models.clips.lids import EYES


def unit_square(crop: F32, rows: F32, columns: F32) -> tuple[F32, F32]:
    """Each pixel's place x, y in the face crop as shares of its side (models.fields' square), float32 [h, w] each."""
    at = np.stack([columns, rows], axis=-1) @ crop[:, :2].T + crop[:, 2]
    return at[..., 0] / np.float32(CROP_PX), at[..., 1] / np.float32(CROP_PX)


def turn_field(crop: F32, iod_px: float, rows: F32, columns: F32) -> F32:
    """Pixels float32 [h, w] that each place shifts when the head turns by 1 radian: its depth before the neck's axis.

    A head is about one inter-ocular distance deep in the middle of the face and the nose a third more; both as blobs.
    """
    x, y = unit_square(crop, rows, columns)
    head = np.exp(-0.5 * (((x - 0.5) / 0.28) ** 2 + ((y - 0.5) / 0.35) ** 2))
    nose = 0.35 * np.exp(-0.5 * (((x - 0.5) / 0.07) ** 2 + ((y - 0.52) / 0.12) ** 2))
    depth: F32 = ((head + nose) * iod_px).astype(np.float32)
    return depth


def gaze_field(points: F32, iod_px: float, rows: F32, columns: F32) -> F32:
    """Pixels float32 [h, w] that each place shifts when both irises move by 1 inter-ocular distance."""
    field = np.zeros_like(rows)
    for upper, lower in EYES:
        ends = points[[upper[0], upper[-1]]]
        centre, width = ends.mean(axis=0), float(np.ptp(ends[:, 0]))
        height = max(1.0, float(points[lower[4], 1] - points[upper[4], 1]))
        field += np.exp(-(((columns - centre[0]) / (0.3 * width)) ** 2) - ((rows - centre[1]) / (0.5 * height)) ** 2)
    return field * np.float32(iod_px)
