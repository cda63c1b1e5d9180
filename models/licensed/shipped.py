"""The shipped int8 net as functions of motion images; imported late, so that reading a data set needs no net."""

from __future__ import annotations

import numpy as np

from appliance.sense.card import read_card
from appliance.sense.frame import F32
from appliance.sense.interpreter import Net
from appliance.sense.lock import PACKAGED_FOLDER
from appliance.sense.normalise import normalise
from models.cuts import UNCUT
from models.evaluate import predict_flow
from models.licensed.measure import Predict


def shipped() -> tuple[Predict, str]:
    """The net as `Predict` says, and its sha256 in hex.

    Raises:
        ModelMissing, ModelMismatch: card or net are not there, or not the recorded ones.
    """
    card = read_card(PACKAGED_FOLDER)
    net = Net(PACKAGED_FOLDER / card.file, card.sha256)

    def predict(images: F32) -> tuple[F32, F32]:
        four = np.stack([card.probabilities(net.run(image[None]))[0] for image in normalise(images)])
        return predict_flow(images, cuts=(UNCUT,)), four  # our own alignment cut them

    return predict, card.sha256
