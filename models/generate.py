"""Motion images from nothing but the unit table and a seed: no human recording is read.

One image is the flow from onset to apex as our estimator would give it: action-unit fields with jittered places, sizes
and directions, partial blinks, co-activation, the rest of a head motion, the crop's own error, then the estimator's
blur, gain and correlated noise (the model that made the prototype transfer, model.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from appliance.events import Action
from appliance.sense.frame import F32
from appliance.sense.normalise import strain
from models.fields import BLENDS, BLOBS_MAX, CLASSES, GROUPS, PRIORS, SPEECH_UNITS, UNILATERAL
from models.units import UNITS

CELLS = 28
UNITS_MAX = 7
"""Most units in one image: four of the class, a blink, two others."""
NUISANCES = ("blink", "speech", "head", "gaze", "noise")
LIDS = 45
"""The unit that closes the eyes."""
_SIDE = (np.arange(CELLS, dtype=np.float32) + 0.5) / CELLS


@dataclass(frozen=True, slots=True)
class Batch:
    """Images float32 [n, 28, 28, 3] (u, v, strain), class int [n] into CLASSES, actions uint8 [n, 8].

    nuisance int [n] points into NUISANCES, -1 where there is an expression.
    """

    images: F32
    labels: npt.NDArray[np.int64]
    actions: npt.NDArray[np.uint8]
    nuisance: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Recipe:
    """How far everything may stray; shares of the crop's side unless said.

    across, down: range of the crop's shift; crop_scale, crop_aspect: standard deviations of the log of its scale, both
    ways alike and each way for itself. Published crops start anywhere between hair line and brow, so the range down is
    wide and lies lower than our own crop; crop_shape: mean log scale across and down, for published faces are a little
    wider and shorter than ours;
    places, sizes, angles: standard deviations of a blob's place, of the log of its size, and of its direction in
    radians; size: mean factor on blob sizes; lids: range of a blink's strength, a share lids_up of them opening;
    head: rest of the head's motion against the peak;
    noise: range of the noise's size against the peak; none_share: share of images that show no expression;
    blends: whether BLENDS are drawn beside PRIORS; evenness: the rules' weights are raised to this power, so below 1
    rare movements are drawn more often.
    """

    across: tuple[float, float] = (-0.10, 0.10)
    down: tuple[float, float] = (-0.12, 0.18)
    crop_scale: float = 0.11
    crop_aspect: float = 0.09
    crop_shape: tuple[float, float] = (0.04, -0.07)
    places: float = 0.03
    sizes: float = 0.28
    angles: float = 0.35
    size: float = 0.92
    lids: tuple[float, float] = (0.2, 0.9)
    lids_up: float = 0.25
    head: float = 0.25
    noise: tuple[float, float] = (0.10, 0.50)
    none_share: float = 0.2
    blends: bool = True
    evenness: float = 1.0


PUBLISHED = Recipe(across=(-0.13, 0.13), down=(-0.17, 0.23), crop_scale=0.15, crop_aspect=0.10)
"""Images as other authors crop them, each set in its own way."""

OWN = Recipe(across=(-0.05, 0.05), down=(-0.06, 0.09), crop_scale=0.055, crop_aspect=0.05)
"""Images as the device crops them: it always does alike, but faces differ."""


def generate(count: int, seed: int, recipe: Recipe | None = None) -> Batch:
    """`count` images from `seed`; the same seed and recipe give the same images."""
    rng = np.random.default_rng(seed)
    parts = [_chunk(min(1000, count - at), rng, recipe or Recipe()) for at in range(0, count, 1000)]
    return joined(parts)


def joined(parts: Sequence[Batch]) -> Batch:
    """All `parts` as one, in their order."""
    return Batch(*(np.concatenate([getattr(part, name) for part in parts]) for name in Batch.__slots__))


def _chunk(count: int, rng: np.random.Generator, recipe: Recipe) -> Batch:
    labels, nuisance, units = choose(count, rng, recipe)
    amplitude = rng.uniform(0.06, 0.35, count).astype(np.float32)
    flow = _draw(units, rng, recipe)
    looking = nuisance == NUISANCES.index("gaze")
    flow[looking] += _gaze(int(looking.sum()), rng)
    flow *= amplitude[:, None, None, None]
    flow += _head(count, rng, recipe) * amplitude[:, None, None, None]
    flow = _estimate(flow, amplitude, rng, recipe)
    image = np.concatenate([flow, strain(flow[..., 0], flow[..., 1])[..., None]], axis=-1)
    return Batch(image.astype(np.float32), labels, actions_of(units, labels), nuisance)


def actions_of(units: npt.NDArray[np.int64], labels: npt.NDArray[np.int64]) -> npt.NDArray[np.uint8]:
    """Which action groups the first four `units` [n, 7] of each image show, uint8 [n, 8]; none without a class."""
    actions = np.zeros((len(units), len(Action)), np.uint8)
    for action, group in GROUPS.items():
        actions[:, action] = np.isin(units[:, :4], group).any(axis=1) & (labels > 0)
    return actions


def choose(
    count: int, rng: np.random.Generator, recipe: Recipe
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Classes, nuisance kinds (-1: an expression) and units [count, 7] (0: none) of a chunk."""
    labels = np.where(rng.random(count) < recipe.none_share, 0, rng.integers(1, len(CLASSES), count))
    nuisance = np.where(labels == 0, rng.integers(0, len(NUISANCES), count), -1)
    units = np.zeros((count, UNITS_MAX), np.int64)
    for n in range(count):
        if labels[n]:
            name = CLASSES[labels[n]]
            sets, weights = zip(*PRIORS[name], *(BLENDS.get(name, ()) if recipe.blends else ()), strict=True)
            raised = [weight**recipe.evenness for weight in weights]
            chosen = sets[rng.choice(len(sets), p=np.array(raised) / sum(raised))]
            units[n, : len(chosen)] = chosen
            if rng.random() < 0.25:
                units[n, 4] = LIDS
            if rng.random() < 0.20:
                units[n, 5] = rng.choice(list(UNITS))
        elif NUISANCES[nuisance[n]] == "speech":
            units[n, 4:7] = rng.choice(SPEECH_UNITS, 3, replace=False)
        elif NUISANCES[nuisance[n]] == "blink":
            units[n, 4] = LIDS
    return labels, nuisance, units


def _draw(units: npt.NDArray[np.int64], rng: np.random.Generator, recipe: Recipe) -> F32:
    """Flow [n, 28, 28, 2] of the units, strongest about 1."""
    count = len(units)
    centre = rng.uniform((recipe.across[0], recipe.down[0]), (recipe.across[1], recipe.down[1]), (count, 2))
    stretch = rng.normal(0.0, recipe.crop_scale, (count, 1)) + rng.normal(0.0, recipe.crop_aspect, (count, 2))
    scale = np.exp(np.array(recipe.crop_shape) + stretch)
    flow = np.zeros((count, CELLS, CELLS, 2), np.float32)
    for slot in range(UNITS_MAX):
        weak = 1.0 if slot < 4 else 0.5
        strength = weak * rng.uniform(0.5, 1.0, count)
        lids = rng.uniform(*recipe.lids, count) * np.where(rng.random(count) < recipe.lids_up, -1.0, 1.0)
        strength = np.where(units[:, slot] == LIDS, lids, strength)
        one_side = rng.random(count) < np.array([UNILATERAL.get(int(u), 0.05) for u in units[:, slot]])
        left_only = rng.random(count) < 0.5
        for right in (False, True):
            off = one_side & (left_only == right)
            side = strength * np.where(off, rng.uniform(0.0, 0.3, count), rng.uniform(0.75, 1.0, count))
            for blob in range(BLOBS_MAX):
                _add(flow, strayed(units[:, slot], blob, rng, recipe), side, centre, scale, right=right)
    return flow


def strayed(units: npt.NDArray[np.int64], blob: int, rng: np.random.Generator, recipe: Recipe) -> F32:
    """Blobs [n, 6] of models.units that stray as `recipe` says; units that have no such blob get zero motion."""
    table = np.array([UNITS[u][blob] if u and blob < len(UNITS[u]) else (0.5, 0.5, 1, 1, 0, 0) for u in units.tolist()])
    jitter = rng.normal(0.0, 1.0, table.shape)
    table[:, :2] += recipe.places * jitter[:, :2]
    table[:, 2:4] *= recipe.size * np.exp(recipe.sizes * jitter[:, 2:4])
    size = np.hypot(table[:, 4], table[:, 5])
    angle = np.arctan2(table[:, 5], table[:, 4]) + recipe.angles * jitter[:, 4]
    size = size * np.exp(0.2 * jitter[:, 5])
    table[:, 4], table[:, 5] = size * np.cos(angle), size * np.sin(angle)
    return table.astype(np.float32)


def _add(
    flow: F32,
    blob: F32,
    side: npt.NDArray[np.float64],
    centre: npt.NDArray[np.float64],
    scale: npt.NDArray[np.float64],
    *,
    right: bool,
) -> None:
    """Add one blob of every image, on one side of the face, in place."""
    x, y, sx, sy, du, dv = blob.T
    if right:
        x, du = 1.0 - x, -du
    x = (x - 0.5) * scale[:, 0] + 0.5 + centre[:, 0]
    y = (y - 0.5) * scale[:, 1] + 0.5 + centre[:, 1]
    across = np.exp(-0.5 * ((_SIDE[None, :] - x[:, None]) / (sx * scale[:, 0])[:, None]) ** 2)
    down = np.exp(-0.5 * ((_SIDE[None, :] - y[:, None]) / (sy * scale[:, 1])[:, None]) ** 2)
    shape = down[:, :, None] * across[:, None, :] * side[:, None, None]
    flow[..., 0] += shape * du[:, None, None]
    flow[..., 1] += shape * dv[:, None, None]


def _gaze(count: int, rng: np.random.Generator) -> F32:
    """Eyes that look elsewhere: both irises and lids moved the same way, flow [n, 28, 28, 2]."""
    angle = rng.uniform(0.0, 2.0 * np.pi, count)
    size = rng.uniform(0.4, 1.0, count)
    x, y = np.meshgrid(_SIDE, _SIDE)
    left, right = (np.exp(-0.5 * (((x - eye) / 0.06) ** 2 + ((y - 0.28) / 0.035) ** 2)) for eye in (0.28, 0.72))
    eyes = left + right
    way = np.stack([size * np.cos(angle), size * np.sin(angle)], axis=-1)
    moved: F32 = (eyes[None, :, :, None] * way[:, None, None, :]).astype(np.float32)
    return moved


def _head(count: int, rng: np.random.Generator, recipe: Recipe) -> F32:
    """What alignment leaves of the head's motion: a small similarity [n, 28, 28, 2]."""
    size = recipe.head * rng.exponential(0.4, (count, 1)) * rng.normal(0.0, 1.0, (count, 4))
    tx, ty, grow, turn = size.T[:, :, None, None]
    x, y = np.meshgrid(_SIDE - 0.5, _SIDE - 0.5)
    similarity: F32 = np.stack([tx + grow * x - turn * y, ty + turn * x + grow * y], axis=-1).astype(np.float32)
    return similarity


def smooth_noise(count: int, channels: int, sigma: float, rng: np.random.Generator) -> F32:
    """Unit-variance noise [count, 28, 28, channels], correlated over `sigma` cells."""
    raw = rng.normal(0.0, 1.0, (CELLS, CELLS, count * channels)).astype(np.float32)
    smooth = np.stack(
        [cv2.GaussianBlur(raw[:, :, k], (0, 0), sigma, borderType=cv2.BORDER_REFLECT) for k in range(raw.shape[2])]
    )
    smooth = smooth / smooth.std(axis=(1, 2), keepdims=True)
    return np.ascontiguousarray(smooth.reshape(count, channels, CELLS, CELLS).transpose(0, 2, 3, 1))


def _estimate(flow: F32, amplitude: F32, rng: np.random.Generator, recipe: Recipe) -> F32:
    """What an optical-flow estimator makes of `flow`: blurred, with a smooth gain, and with noise of three grains."""
    count = len(flow)
    sigmas = rng.uniform(0.3, 1.5, count)
    blurred = np.stack([cv2.GaussianBlur(flow[n], (0, 0), sigmas[n]) for n in range(count)])
    gain = np.exp(0.35 * smooth_noise(count, 1, 5.0, rng))
    grains = rng.dirichlet((1.0, 1.0, 1.0), count)
    noise = sum(
        grains[:, k, None, None, None] * smooth_noise(count, 2, sigma, rng) for k, sigma in enumerate((0.7, 2.0, 5.0))
    )
    level = amplitude * np.exp(rng.uniform(np.log(recipe.noise[0]), np.log(recipe.noise[1]), count))
    noisy: F32 = (blurred * gain + noise * level[:, None, None, None]).astype(np.float32)
    return noisy
