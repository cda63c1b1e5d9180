"""Action units as motion fields: our own Gaussian blobs, and which units make which class.

Face crop = unit square, y down, brow line at y = .17, mouth at y = .77, midline at x = .5. A blob is
(x, y, sx, sy, du, dv) for the image-left half; the right half mirrors it with the sign of du changed. Positions
follow the Facial Action Coding System (Ekman, Friesen, Hager 2002); the class rules follow EMFACS and CASME II (Yan et
al. 2014). The table is the design page's (model.md): it was written after class-mean maps of a public test set had been
seen, which the model card states.
"""

from __future__ import annotations

from appliance.events import Action

Blob = tuple[float, float, float, float, float, float]

UNITS: dict[int, tuple[Blob, ...]] = {
    1: ((0.38, 0.14, 0.09, 0.09, 0.05, -1.0),),
    2: ((0.19, 0.15, 0.10, 0.09, -0.05, -1.0),),
    4: ((0.33, 0.17, 0.13, 0.08, 0.35, 1.0),),
    5: ((0.28, 0.27, 0.08, 0.03, 0.0, -0.6),),
    6: ((0.20, 0.45, 0.11, 0.08, 0.1, -0.6), (0.28, 0.34, 0.08, 0.03, 0.0, -0.4)),
    7: ((0.28, 0.33, 0.08, 0.03, 0.1, -0.6), (0.28, 0.27, 0.08, 0.025, 0.0, 0.35)),
    9: (
        (0.42, 0.48, 0.07, 0.11, 0.0, -0.8),
        (0.38, 0.22, 0.08, 0.06, 0.2, 0.5),
        (0.38, 0.68, 0.09, 0.06, 0.0, -0.5),
    ),
    10: ((0.41, 0.70, 0.09, 0.06, 0.0, -0.9), (0.34, 0.60, 0.08, 0.08, 0.0, -0.5)),
    12: ((0.33, 0.76, 0.09, 0.07, -0.7, -0.8), (0.22, 0.62, 0.11, 0.10, -0.2, -0.7)),
    14: ((0.33, 0.77, 0.06, 0.06, -0.6, 0.05),),
    15: ((0.34, 0.79, 0.08, 0.07, -0.1, 0.8),),
    16: ((0.42, 0.85, 0.10, 0.05, 0.0, 0.7),),
    17: ((0.44, 0.92, 0.14, 0.07, 0.0, -0.9), (0.44, 0.83, 0.10, 0.04, 0.0, -0.6)),
    18: ((0.35, 0.78, 0.08, 0.06, 0.6, 0.0),),
    20: ((0.33, 0.78, 0.10, 0.07, -0.9, 0.15),),
    24: ((0.42, 0.74, 0.10, 0.03, 0.0, 0.4), (0.42, 0.82, 0.10, 0.03, 0.0, -0.4)),
    25: ((0.42, 0.84, 0.10, 0.04, 0.0, 0.7),),
    26: ((0.42, 0.92, 0.20, 0.10, 0.0, 1.0),),
    45: ((0.28, 0.28, 0.08, 0.035, 0.0, 1.0),),
}

BLOBS_MAX = max(len(blobs) for blobs in UNITS.values())

CLASSES = ("none", "negative", "positive", "surprise")
"""Order of the net's class head."""

PRIORS: dict[str, tuple[tuple[tuple[int, ...], float], ...]] = {
    "negative": (
        ((4,), 0.25), ((4, 7), 0.25), ((14,), 0.08), ((17,), 0.06), ((9,), 0.06), ((10,), 0.06), ((15,), 0.06),
        ((4, 9), 0.05), ((7,), 0.04), ((15, 17), 0.04), ((1, 4), 0.04), ((9, 10), 0.03), ((4, 10), 0.03),
        ((1, 2, 4), 0.03), ((20,), 0.03), ((4, 5), 0.03), ((24,), 0.02), ((14, 17), 0.02),
    ),
    "positive": (
        ((12,), 0.55), ((6, 12), 0.30), ((12, 25), 0.05), ((6,), 0.03), ((7, 12), 0.04), ((12, 14), 0.03),
    ),
    "surprise": (
        ((1, 2), 0.50), ((1, 2, 5), 0.15), ((2,), 0.12), ((1,), 0.05), ((5,), 0.03), ((1, 2, 25), 0.05),
        ((1, 2, 5, 26), 0.05), ((25,), 0.02), ((26,), 0.03),
    ),
}  # fmt: skip
"""Class -> (action units, weight): the label rules of CASME II and EMFACS, weights from model.md."""

UNILATERAL = {12: 0.35, 14: 0.60}
"""How often a unit moves one side only (model.md); all others move both."""

GROUPS: dict[Action, tuple[int, ...]] = {
    Action.BROW_LOWER: (4,),
    Action.BROW_RAISE: (1, 2),
    Action.NOSE_WRINKLE: (9, 10),
    Action.LIP_CORNER_PULL: (12,),
    Action.LIP_CORNER_DROP: (15,),
    Action.LIP_PRESS: (24, 17),
    Action.DIMPLE: (14,),
    Action.JAW_DROP: (25, 26),
}
"""Action group -> the units that count as it."""

SPEECH_UNITS = (16, 17, 18, 20, 24, 25, 26)
"""Units that speaking moves."""
