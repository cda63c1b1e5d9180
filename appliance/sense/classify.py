"""What a spotted movement was: its onset-to-apex motion through our int8 net, or nothing when the net is unsure."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from appliance.events import Action, Expression, Kind, Label
from appliance.sense.card import ModelCard, read_card
from appliance.sense.fields import Fields
from appliance.sense.frame import F32
from appliance.sense.interpreter import Net
from appliance.sense.micro import Spotted
from appliance.sense.normalise import normalise, with_strain

FULL_ACTION = 0.1
"""Inter-ocular distances that a full-strength action unit moves the skin (events.Expression.intensity)."""

HELD_P_MIN = 0.5
"""Even odds for the fall of what held: a face does not let go just as it took hold (a jaw fell at p .63), while heads
that turned and rose as surprise fell at .02 and .04 (decision 0090)."""

BROWS = frozenset((Action.BROW_LOWER, Action.BROW_RAISE))
"""Lids that close pull the brows along: beside a blink the lower face must show something of its own."""


class Classifier:
    """Names movements.

    Args:
        folder: where expression.toml and the net it describes lie.
        p_min: below this probability nothing is said.
        accelerator: "cpu" or "edgetpu".

    Raises:
        ModelMissing, ModelMismatch: card or net are not there, or not the recorded ones.
    """

    def __init__(self, folder: Path, p_min: float, accelerator: str = "cpu") -> None:
        self._card: ModelCard = read_card(folder)
        self._net = Net(folder / self._card.file, self._card.sha256, accelerator)
        self._p_min = p_min

    def classify(self, spotted: Spotted, fields: Fields) -> Expression | None:
        """The expression of `spotted`, or None: none of the labels, too improbable, or all that a blink moves too.

        Where both ways are asked for, what rose and what fell again must each be named so by themselves.
        """
        span, brief = spotted.interval, spotted.kind is Kind.MICRO
        motion = fields.movement(span) if brief else fields.change(span.onset_s, span.apex_s)
        classes, actions = self._named(motion)
        best = int(np.argmax(classes))
        doubted = classes[best] < self._p_min or (spotted.both_ways and not self._comes_back(spotted, fields, best))
        name = self._card.classes[best]
        shown = frozenset(
            Action[action.upper()]
            for action, p in zip(self._card.actions, actions, strict=True)
            if p >= self._card.action_p_min
        )
        if name == "none" or doubted or (spotted.blinked and not shown - BROWS):
            return None
        return Expression(
            interval=spotted.interval,
            kind=spotted.kind,
            label=Label[name.upper()],
            p=float(classes[best]),
            intensity=min(1.0, spotted.amplitude / FULL_ACTION),
            actions=shown,
        )

    def _comes_back(self, spotted: Spotted, fields: Fields, named: int) -> bool:
        """Whether the fall alone is the `named` class; of a brief movement the rise alone as well."""
        span, brief = spotted.interval, spotted.kind is Kind.MICRO
        ways = [fields.back(span.apex_s, span.offset_s)]
        ways += [fields.change(span.onset_s, span.apex_s)] if brief else []  # what held was named by its rise
        needed = self._p_min if brief else HELD_P_MIN
        return all(self._named(way)[0][named] >= needed for way in ways)

    def _named(self, motion: F32) -> tuple[F32, F32]:
        """Class probabilities [4] and action probabilities [8] of `motion` [2, 28, 28]."""
        return self._card.probabilities(self._net.run(normalise(with_strain(motion))[None]))
