"""Which action units make which class and which group: the rules of EMFACS and CASME II (Yan et al. 2014).

Where each unit moves the skin is in `models.units`. The weights are the design page's (model.md): they were
written after class-mean maps of a public test set had been seen, which the model card states.
"""

from __future__ import annotations

from appliance.events import Action
from models.units import UNITS

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

BLENDS: dict[str, tuple[tuple[tuple[int, ...], float], ...]] = {
    "negative": (
        ((4, 6), 0.08), ((4, 7, 9), 0.08), ((4, 7, 10), 0.08), ((6, 9), 0.06), ((6, 10), 0.06), ((4, 17), 0.06),
        ((4, 15), 0.06), ((4, 6, 10), 0.04), ((7, 17), 0.04), ((4, 24), 0.04), ((9, 17), 0.04), ((10, 17), 0.04),
        ((4, 14), 0.04),
    ),
    "positive": (
        ((12, 24), 0.10), ((12, 17), 0.10), ((12, 15), 0.08), ((6, 12, 24), 0.04), ((6, 12, 17), 0.04),
        ((12, 14, 17), 0.04), ((2, 12), 0.04), ((12, 20), 0.04),
    ),
}  # fmt: skip
"""Class -> (action units, weight) drawn beside PRIORS: movements that share units with another class.

Disgust and pain raise cheeks as smiles do (Prkachin 1992: 4, 6 or 7, 9 or 10); smiles held back press or lower the lips
as anger does (Ekman and Friesen 1982, "Felt, false, and miserable smiles"; Keltner 1995: 14, 15, 17, 24). Two
in five negative images and one in three positive ones are blends (decision 0038; half as many gave nearly the same).
"""

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
