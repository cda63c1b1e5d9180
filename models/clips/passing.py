"""What comes between camera and face, and who walks behind: plain shapes, moved by the time alone."""

from __future__ import annotations

import math

import cv2
import numpy as np

from appliance.sense.frame import F32, U8

PERIOD_S = 6.0
"""A hand, cup or paper passes every six seconds."""
PASS_S = 1.6
WALK_S = 7.0
"""People walk through the background, one about every seven seconds."""
HAND_RGB, CUP_RGB = (190, 140, 115), (235, 235, 228)
COAT_RGB, TROUSERS_RGB = (52, 60, 84), (40, 38, 36)
DIM = 0.75
"""The aisle behind a counter is dimmer than the counter."""


def passed(image: U8, person: F32, passing: str, at_s: float) -> U8:
    """`image` with what passes at `at_s`: `hands` in front, `people` behind, or nothing (empty).

    person: float32 [h, w], 1 where someone stands before the background.
    """
    if passing == "hands":
        return _in_front(image, at_s)
    return _behind(image, person, at_s) if passing == "people" else image


def _in_front(image: U8, at_s: float) -> U8:
    """A forearm or a cup that crosses the lower face and then the whole of it, in turns."""
    turn, part = divmod(at_s, PERIOD_S)
    if part > PASS_S:
        return image
    height, width = image.shape[:2]
    x = int((1.3 * part / PASS_S - 0.15) * width)
    y = int(height * (0.45 if turn % 2 else 0.7))
    shown = image.copy()
    if turn % 2:
        cv2.rectangle(shown, (x - width // 12, y - height // 8), (x + width // 12, y + height // 6), CUP_RGB, -1)
    else:
        cv2.line(shown, (x, y), (x + width // 4, height), HAND_RGB, height // 7)
        cv2.circle(shown, (x, y), height // 10, HAND_RGB, -1)
    return shown


def _behind(image: U8, person: F32, at_s: float) -> U8:
    """Someone in a coat who walks from one side to the other, behind whoever stands in front."""
    turn, part = divmod(at_s, WALK_S)
    height, width = image.shape[:2]
    along = part / WALK_S if turn % 2 else 1.0 - part / WALK_S
    x, bob = int((1.5 * along - 0.25) * width), int(0.01 * height * math.sin(4 * math.pi * part))
    walker = image.copy()
    top = height // 6 + bob
    cv2.ellipse(walker, (x, top), (height // 18, height // 13), 0, 0, 360, HAND_RGB, -1)
    cv2.rectangle(walker, (x - height // 9, top + height // 12), (x + height // 9, height * 3 // 5), COAT_RGB, -1)
    cv2.rectangle(walker, (x - height // 11, height * 3 // 5), (x + height // 11, height), TROUSERS_RGB, -1)
    there = (walker != image).any(axis=2) & (person < 0.5)
    shown = image.copy()
    shown[there] = (walker[there] * DIM).astype(np.uint8)
    return shown
