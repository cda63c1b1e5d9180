"""Triangles to pixels, by painting them back to front: exact enough for a head, and no graphics driver is needed."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from appliance.sense.frame import F32

Ints = npt.NDArray[np.int64]
SHIFT = 4
"""Bits of sub-pixel precision of cv2.fillConvexPoly."""


def paint_ids(points: F32, depth: F32, triangles: Ints, size: tuple[int, int]) -> npt.NDArray[np.int32]:
    """Index of the triangle seen at each pixel, int32 [h, w], -1 where there is none.

    points: float32 [n, 2] in pixels, y down; depth: float32 [n], larger is nearer; size: width, height.
    Triangles that face away are left out.
    """
    ids = np.full((size[1], size[0]), -1, np.int32)
    corners = points[triangles]
    one, two = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    facing = one[:, 0] * two[:, 1] - one[:, 1] * two[:, 0] < 0
    order = np.argsort(depth[triangles].mean(axis=1))
    fixed = np.round(corners * (1 << SHIFT)).astype(np.int32)
    for index in order[facing[order]]:
        cv2.fillConvexPoly(ids, fixed[index], (int(index),), cv2.LINE_8, SHIFT)
    return ids


def interpolate(ids: npt.NDArray[np.int32], points: F32, triangles: Ints, values: F32) -> F32:
    """`values`, float32 [n, k] of the vertices, at each pixel: float32 [h, w, k], 0 where no triangle is seen."""
    seen = ids >= 0
    rows, columns = np.nonzero(seen)
    corners = triangles[ids[seen]]
    a, b, c = (points[corners[:, k]] for k in range(3))
    at = np.stack([columns, rows], axis=1).astype(np.float32)
    whole = _cross(b - a, c - a)
    whole = np.where(np.abs(whole) < 1e-6, 1e-6, whole)
    second, third = _cross(at - a, c - a) / whole, _cross(b - a, at - a) / whole
    # Painted edges reach half a pixel beyond the triangle; there its nearest point counts.
    second, third = np.clip(second, 0, 1), np.clip(third, 0, 1)
    weights = np.stack([np.clip(1 - second - third, 0, 1), second, third], axis=1)
    weights /= weights.sum(axis=1, keepdims=True)
    out = np.zeros((*ids.shape, values.shape[1]), np.float32)
    out[seen] = np.einsum("nk,nkv->nv", weights, values[corners])
    return out


def _cross(one: F32, other: F32) -> F32:
    return one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0]


def normals(vertices: F32, triangles: Ints) -> F32:
    """Unit normals float32 [n, 3] of the vertices, each the mean of its triangles' by area."""
    a, b, c = (vertices[triangles[:, k]] for k in range(3))
    faces = np.cross(b - a, c - a)
    total = np.zeros_like(vertices)
    for k in range(3):
        np.add.at(total, triangles[:, k], faces)
    length = np.linalg.norm(total, axis=1, keepdims=True)
    unit: F32 = (total / np.maximum(length, 1e-9)).astype(np.float32)
    return unit
