"""models/expression.toml: which net names expressions, what its outputs mean, and how they become probabilities."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from appliance.errors import ModelMismatch, ModelMissing
from appliance.events import Action, Label
from appliance.sense.frame import F32

CLASSES = ("none", *(label.name.lower() for label in Label))
ACTIONS = tuple(action.name.lower() for action in Action)


@dataclass(frozen=True, slots=True)
class ModelCard:
    """The net `file` with its sha256 in hex, and what it says.

    classes, actions: names of the two heads' outputs, in order;
    temperature: class logits are divided by it before the softmax (Guo et al. 2017, "On calibration of modern
    neural networks"); action_p_min: an action is named from this probability on.
    """

    file: str
    sha256: str
    classes: tuple[str, ...]
    actions: tuple[str, ...]
    temperature: float
    action_p_min: float

    def probabilities(self, outputs: list[F32]) -> tuple[F32, F32]:
        """Class probabilities float32 [4] and action probabilities float32 [8] of the net's two logit outputs."""
        logits = {output.size: output.ravel() for output in outputs}
        scaled = logits[len(self.classes)] / self.temperature
        odds = np.exp(scaled - scaled.max())
        return (odds / odds.sum()).astype(np.float32), (1.0 / (1.0 + np.exp(-logits[len(self.actions)]))).astype(
            np.float32
        )


def read_card(folder: Path) -> ModelCard:
    """The card folder/expression.toml.

    Raises:
        ModelMissing: no such file.
        ModelMismatch: not a card, or labels other than this version of Inkling knows.
    """
    path = folder / "expression.toml"
    try:
        document = tomllib.loads(path.read_text("utf-8"))
        card = ModelCard(
            file=str(document["file"]),
            sha256=str(document["sha256"]),
            classes=tuple(document["classes"]),
            actions=tuple(document["actions"]),
            temperature=float(document["temperature"]),
            action_p_min=float(document["action_p_min"]),
        )
    except OSError as error:
        raise ModelMissing(f"{path}: {error.strerror}", "Point model.folder at Inkling's models folder.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, TypeError, ValueError) as error:
        raise ModelMismatch(f"{path}: not a model card ({error!r})", "Restore the file from the release.") from error
    if (card.classes, card.actions) != (CLASSES, ACTIONS):
        raise ModelMismatch(f"{path}: other classes or actions than this version knows", "Update both together.")
    return card
