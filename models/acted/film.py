"""Plays a script on an actor: the same movements, lamp, passers-by and noise as the painted films, drawn anew."""

from __future__ import annotations

import math
from collections.abc import Iterator

from appliance.sense.frame import Frame
from models.acted.actor import Actor
from models.clips.film import Camera
from models.clips.script import Script
from models.clips.sets import Clip
from models.clips.stream import FilmSource

EYE_IOD = 0.19
"""Radius of an eyeball in eye distances (12 mm of 63): what turns a way across the picture into an angle."""

WOBBLE_RAD = 0.004
"""Turn and nod that go with each pixel of sway, about a quarter of a degree: a head does not slide, it swings."""


def frames(clip: Clip, actor: Actor) -> Iterator[Frame]:
    """The frames of `clip` played by `actor`; where nobody is there, nobody acts."""
    if clip.kind == "nobody":
        yield from FilmSource(clip, actor.face)
        return
    script = clip.script
    height, width = actor.face.image.shape[:2]
    camera = Camera(script, (height, width), actor.face.person, clip.seed)
    for n in range(round(script.seconds * clip.rate_hz)):
        at_s = n / clip.rate_hz
        right, down, tilt_deg = script.sway(at_s)
        turn, nod = script.turn(at_s)
        wobble, bob = swing(script, at_s)
        image = actor.picture(
            script.sizes(at_s),
            script.lids(at_s),
            (math.asin(max(-1.0, min(1.0, script.gaze(at_s) / EYE_IOD))), 0.0),
            (turn + wobble, nod + bob, math.radians(tilt_deg)),
            (right, down),
        )
        yield Frame(camera.taken(image, at_s), at_s, n)


def swing(script: Script, at_s: float) -> tuple[float, float]:
    """Radians that the head turns and nods as it sways, slowly, never in step with the sway."""
    t = at_s + script.phase
    size = WOBBLE_RAD * script.sway_px
    return size * math.sin(0.71 * t + 0.5), size * math.sin(0.53 * t + 1.7)
