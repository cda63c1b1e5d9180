"""Light on a surface and the camera's answer: four rigs, linear light, automatic exposure, and a film-like curve."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from appliance.sense.frame import F32, U8

RGB = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Rig:
    """ambient: light from everywhere; lamps: direction (x right, y up, z to us) and colour."""

    ambient: RGB
    lamps: tuple[tuple[RGB, RGB], ...]
    gain_max: float = 8.0
    noise: float = 2.0


RIGS = {
    "shop": Rig((0.35, 0.34, 0.33), (((0.35, 0.7, 0.65), (0.66, 0.62, 0.58)), ((-0.7, 0.2, 0.7), (0.26, 0.25, 0.25)))),
    "window": Rig((0.16, 0.17, 0.19), (((-0.9, 0.25, 0.4), (0.95, 0.97, 1.0)), ((0.7, 0.3, 0.6), (0.14, 0.13, 0.12)))),
    "overhead": Rig((0.18, 0.18, 0.18), (((0.05, 0.92, 0.38), (0.95, 0.93, 0.88)),)),
    "dim": Rig((0.025, 0.021, 0.016), (((0.4, 0.6, 0.7), (0.08, 0.06, 0.04)),), noise=4.5),
}
"""dim is 3 stops below shop; the camera makes up most of it by gain, and its noise more than doubles."""

METER_TARGET = 0.22
"""Linear mean that automatic exposure aims at: middle grey is 0.18."""

WRAP = np.array([0.35, 0.22, 0.16], np.float32)
"""Light bleeds through skin past the terminator, red the farthest (Jensen et al. 2001)."""


def lit(albedo: F32, normal: F32, occlusion: F32, gloss: F32, rig: Rig) -> F32:
    """Linear light float32 [h, w, 3] that surfaces send to the camera.

    albedo: [h, w, 3] 0..1; normal: [h, w, 3]; occlusion: [h, w] 0 hidden to 1 open; gloss: [h, w] 0..1.
    """
    sky = 0.75 + 0.25 * normal[..., 1:2]
    total = albedo * np.array(rig.ambient, np.float32) * sky * occlusion[..., None]
    view = np.array([0.0, 0.0, 1.0], np.float32)
    for direction, colour in rig.lamps:
        to = np.array(direction, np.float32) / np.float32(np.linalg.norm(direction))
        cosine = (normal @ to)[..., None]
        diffuse = np.clip((cosine + WRAP) / (1.0 + WRAP), 0.0, 1.0)
        half = (to + view) / np.float32(np.linalg.norm(to + view))
        shine = gloss * np.clip(normal @ half, 0.0, 1.0) ** 22
        total = total + np.array(colour, np.float32) * (albedo * diffuse + 0.2 * shine[..., None]) * (
            0.35 + 0.65 * occlusion[..., None]
        )
    out: F32 = total.astype(np.float32)
    return out


def exposed(light: F32, rig: Rig) -> U8:
    """The picture uint8 [h, w, 3] of linear `light`: exposed by the frame's mean, rolled off, sRGB (IEC 61966)."""
    gain = min(rig.gain_max, METER_TARGET / max(1e-4, float(light.mean())))
    picture: U8 = np.clip(coded(light * np.float32(gain)) * 255.0 + 0.5, 0, 255).astype(np.uint8)
    return picture


def coded(light: F32) -> F32:
    """Linear `light` as the picture has it, 0..1: rolled off towards white, sRGB."""
    x = np.where(light < 0.5, light, 0.5 + 0.5 * np.tanh((light - 0.5) / 0.5))
    out: F32 = np.where(x <= 0.0031308, 12.92 * x, 1.055 * np.power(np.maximum(x, 1e-6), 1 / 2.4) - 0.055)
    return out


def linear(code: str) -> F32:
    """Linear float32 [3] of an sRGB colour as `rrggbb`."""
    srgb = np.array([int(code[k : k + 2], 16) / 255 for k in (0, 2, 4)], np.float32)
    out: F32 = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4).astype(np.float32)
    return out
