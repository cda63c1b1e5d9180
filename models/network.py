"""The net: two convolutions and two heads, twice, of operators that an Edge TPU knows, and its way to full int8."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from appliance.events import Action
from appliance.sense.frame import F32
from models.fields import CLASSES

CELLS = 28
FILTERS = (32, 48)
DENSE = 48
DROPOUT = 0.3
BATCH = 128
LEARNING_RATE = 2e-3
WEIGHT_DECAY = 1e-3
ACTION_LOSS_WEIGHT = 0.5
"""First values tried; none was searched for. The action head helps the class head, not the other way round."""

HEADS = 2
"""Class and action logits: the last two layers that have weights."""


def build(trunks: int = 1) -> Any:
    """An untrained net: float32 [n, 28, 28, 3] to class logits [n, 4] and action logits [n, 8].

    It looks at 14 x 14 cells: what is finer is the estimator's noise (decision 0033). trunks: how many nets stand side
    by side in it, with heads in common.
    """
    layers = tf.keras.layers
    image = tf.keras.Input((CELLS, CELLS, 3))
    seen = [_trunk(image) for _ in range(trunks)]
    x = layers.Concatenate()(seen) if trunks > 1 else seen[0]
    return tf.keras.Model(image, [layers.Dense(len(CLASSES))(x), layers.Dense(len(Action))(x)])


def _trunk(image: Any) -> Any:
    layers = tf.keras.layers
    x = layers.AveragePooling2D(2)(image)
    x = layers.Conv2D(FILTERS[0], 5, padding="same", activation="relu")(x)
    x = layers.Conv2D(FILTERS[1], 3, padding="same", activation="relu")(x)
    x = layers.AveragePooling2D(2)(x)
    x = layers.Dropout(DROPOUT)(layers.Flatten()(x))
    return layers.Dense(DENSE, activation="relu")(x)


def side_by_side(nets: list[Any]) -> Any:
    """One net whose logits are the means of those of `nets`, all of one trunk."""
    both = build(trunks=len(nets))
    trunks = [[layer for layer in net.layers if layer.get_weights()][:-HEADS] for net in nets]
    heads = [[layer for layer in net.layers if layer.get_weights()][-HEADS:] for net in nets]
    empty = [layer for layer in both.layers if layer.get_weights()]
    # Keras orders layers by depth, so those of all trunks that do the same follow each other.
    for layer, one in zip(empty[:-HEADS], [each for same in zip(*trunks, strict=True) for each in same], strict=True):
        layer.set_weights(one.get_weights())
    for layer, same in zip(empty[-HEADS:], zip(*heads, strict=True), strict=True):
        kernels, biases = zip(*[one.get_weights() for one in same], strict=True)
        layer.set_weights([np.concatenate(kernels) / len(nets), np.mean(biases, axis=0)])
    return both


def fit(net: Any, images: F32, classes: npt.NDArray[Any], actions: npt.NDArray[Any], epochs: int) -> None:
    """Train `net` on normalised images with class targets (int [n], or probabilities [n, 4]) and actions [n, 8].

    Shows a progress bar per epoch (Keras's own).
    """
    steps = epochs * len(images) // BATCH
    rate = tf.keras.optimizers.schedules.CosineDecay(LEARNING_RATE, steps)
    sparse = np.ndim(classes) == 1
    kind = tf.keras.losses.SparseCategoricalCrossentropy if sparse else tf.keras.losses.CategoricalCrossentropy
    net.compile(
        tf.keras.optimizers.AdamW(rate, weight_decay=WEIGHT_DECAY),
        loss=[kind(from_logits=True), tf.keras.losses.BinaryCrossentropy(from_logits=True)],
        loss_weights=[1.0, ACTION_LOSS_WEIGHT],
    )
    net.fit(images, [classes, actions.astype(np.float32)], epochs=epochs, batch_size=BATCH, verbose=1)


def to_tflite(net: Any, representative: F32 | None) -> bytes:
    """`net` as a .tflite of fixed batch 1; full int8, input and outputs included, when `representative` is given.

    representative: normalised images float32 [n, 28, 28, 3] that set the ranges (post-training quantisation, TFLite
    8-bit specification).
    """
    fixed = tf.keras.models.clone_model(net, input_tensors=tf.keras.Input((CELLS, CELLS, 3), batch_size=1))
    fixed.set_weights(net.get_weights())
    converter = tf.lite.TFLiteConverter.from_keras_model(fixed)
    if representative is not None:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.representative_dataset = lambda: ([image[None]] for image in representative)
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        converter.inference_input_type = converter.inference_output_type = tf.int8
    return bytes(converter.convert())


def operators(model: bytes) -> list[str]:
    """Names of the operators in a .tflite, sorted."""
    details = tf.lite.Interpreter(model_content=model)._get_ops_details()  # noqa: SLF001  # TFLite has no public list
    return sorted({str(each["op_name"]) for each in details} - {"DELEGATE"})
