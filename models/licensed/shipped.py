"""The shipped int8 net as functions of motion images; imported late, so that reading a data set needs no net."""

from __future__ import annotations

from appliance.sense.card import read_card
from appliance.sense.frame import F32
from appliance.sense.lock import PACKAGED_FOLDER
from models.calibrate import softmax
from models.evaluate import class_logits, predict_flow
from models.licensed.measure import Predict


def shipped() -> tuple[Predict, str]:
    """The net as `Predict` says, and its sha256 in hex.

    Raises:
        ModelMissing, ModelMismatch: card or net are not there, or not the recorded ones.
    """
    card = read_card(PACKAGED_FOLDER)

    def predict(images: F32) -> tuple[F32, F32]:
        four = softmax(class_logits(images), card.temperature)
        return predict_flow(images), four.astype("float32")

    return predict, card.sha256
