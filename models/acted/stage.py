"""The one place that speaks to a graphics driver: triangles with a texture, lit, to a picture (moderngl, EGL)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import moderngl
import numpy as np

from appliance.errors import InklingError
from appliance.sense.frame import F32, U8
from models.render.light import METER_TARGET, WRAP, Rig, coded
from models.render.raster import Ints

SAMPLES = 4
"""Of each pixel's edges; what lies inside is shaded once, from textures that are averaged to the pixel's size."""
METER_STEPS = 8
"""The curve bends, so the gain is found by steps."""
FRESNEL = 0.028
"""What skin reflects of light that meets it head on (index of refraction 1.4)."""

_VERTEX = """
#version 330
in vec3 place; in vec3 normal; in vec2 spot; in vec3 kind;
uniform vec2 centre; uniform float unit_px; uniform vec2 size; uniform float distance_dm;
out vec3 n; out vec2 at; out vec3 what;
void main() {
    float near = unit_px / (1.0 - place.z / distance_dm);
    vec2 px = centre + vec2(place.x, -place.y) * near;
    gl_Position = vec4(px.x / size.x * 2.0 - 1.0, 1.0 - px.y / size.y * 2.0, -place.z / 20.0, 1.0);
    n = normal; at = spot; what = kind;
}
"""

_FRAGMENT = """
#version 330
in vec3 n; in vec2 at; in vec3 what;
uniform sampler2D albedo; uniform sampler2D surface;
uniform vec3 ambient; uniform vec3 lamp[4]; uniform vec3 colour[4]; uniform int lamps;
uniform vec3 wrap; uniform vec3 iris; uniform vec2 gaze; uniform float gain; uniform float fresnel;
out vec4 picture;
vec3 eye(vec3 way) {
    vec3 seen = normalize(vec3(gaze, 1.0));
    float r = acos(clamp(dot(normalize(way), seen), -1.0, 1.0));
    vec3 c = mix(iris * 1.4, iris * 0.35, smoothstep(0.36, 0.42, r));
    c = mix(vec3(0.002), c, smoothstep(0.14, 0.18, r));
    return mix(c, vec3(0.80, 0.76, 0.72), smoothstep(0.44, 0.48, r));
}
void main() {
    vec3 u = normalize(n);
    bool ball = dot(what, what) > 0.25, tooth = what.x < -5.0;
    vec3 a = texture(albedo, at).rgb;
    vec2 s = texture(surface, at).rg;
    float open = s.x, gloss = s.y;
    if (tooth) { a = vec3(0.55, 0.5, 0.42); open = 0.12; gloss = 0.1; }
    else if (ball) { a = eye(what); open = 0.75; gloss = 1.0; }
    vec3 light = a * ambient * (0.75 + 0.25 * u.y) * open;
    vec3 v = vec3(0.0, 0.0, 1.0);
    for (int k = 0; k < lamps; k++) {
        float c = dot(u, lamp[k]);
        vec3 diffuse = clamp((c + wrap) / (1.0 + wrap), 0.0, 1.0);
        vec3 h = normalize(lamp[k] + v);
        float away = 1.0 - max(dot(h, v), 0.0), twice = away * away;
        float f = fresnel + (1.0 - fresnel) * twice * twice * away;
        float m = ball && !tooth ? 400.0 : 14.0;
        float shine = gloss * f * (m + 2.0) / 8.0 * pow(max(dot(u, h), 0.0), m) * max(c, 0.0);
        light += colour[k] * (a * diffuse + shine) * (0.35 + 0.65 * open);
    }
    picture = vec4(light * gain, 1.0);
}
"""


with np.errstate(invalid="ignore"):
    _EVERY = coded(np.arange(1 << 16, dtype=np.uint16).view(np.float16).astype(np.float32))
    CODED: U8 = (np.clip(np.nan_to_num(_EVERY), 0, 1) * 255 + 0.5).astype(np.uint8)
"""The grey level of every half-precision light, for a look-up instead of two powers a pixel."""


class DriverMissing(InklingError):
    """No graphics driver can draw here."""


@dataclass(frozen=True, slots=True)
class Solid:
    """A mesh and its look.

    triangles: int [n, 3]; spots: float32 [v, 2], each vertex's place in the textures, 0..1;
    kinds: float32 [v, 3], 0 for skin, the direction from the eye's centre for an eyeball, (-9, 0, 0) for teeth;
    albedo: float32 [h, w, 3]; surface: float32 [h, w, 2], how open to the sky and how glossy; iris: its colour [3].
    """

    triangles: Ints
    spots: F32
    kinds: F32
    albedo: F32
    surface: F32
    iris: F32


@dataclass(frozen=True, slots=True)
class Lens:
    """centre: pixel of the origin; unit_px: pixels of a decimetre there; distance_dm: of the camera."""

    centre: tuple[float, float]
    unit_px: float
    distance_dm: float


class Stage:
    """Draws one solid; positions and normals change from picture to picture, everything else stays.

    Args:
        solid: what to draw.
        rig: in which light.
        wall: linear light float32 [h, w, 3] behind, of the picture's size.
        lens: seen how.

    Raises:
        DriverMissing: no EGL driver answers.
    """

    def __init__(self, solid: Solid, rig: Rig, wall: F32, lens: Lens) -> None:
        create: Any = moderngl.create_context  # its stub says that a backend's name is a dict
        try:
            self._gl: Any = create(standalone=True, backend="egl")
        except Exception as error:  # moderngl raises a bare Exception when EGL cannot be loaded
            raise DriverMissing(
                f"no EGL driver: {error}", "sudo apt-get install libegl1 libegl-mesa0 libgl1-mesa-dri"
            ) from error
        height, width = wall.shape[:2]
        self._size = (width, height)
        self._program = self._gl.program(vertex_shader=_VERTEX, fragment_shader=_FRAGMENT)
        self._moving = self._gl.buffer(reserve=len(solid.spots) * 24, dynamic=True)
        fixed = self._gl.buffer(np.concatenate([solid.spots, solid.kinds], axis=1).astype("f4").tobytes())
        index = self._gl.buffer(solid.triangles.astype("i4").tobytes())
        self._mesh = self._gl.vertex_array(
            self._program,
            [(self._moving, "3f4 3f4", "place", "normal"), (fixed, "2f4 3f4", "spot", "kind")],
            index,
        )
        self._textures = [self._texture(solid.albedo, 0), self._texture(solid.surface, 1)]
        self._edges, self._target = (
            self._gl.framebuffer(
                [self._gl.renderbuffer(self._size, 4, samples=n, dtype="f2")],
                self._gl.depth_renderbuffer(self._size, samples=n),
            )
            for n in (SAMPLES, 0)
        )
        self._wall, self._rig = wall, rig
        self._expose(1.0)
        self._set(rig, solid.iris, lens)

    def _texture(self, values: F32, unit: int) -> Any:
        height, width, channels = values.shape
        texture = self._gl.texture((width, height), channels, np.ascontiguousarray(values, "f4").tobytes(), dtype="f4")
        texture.build_mipmaps()
        texture.filter = (self._gl.LINEAR_MIPMAP_LINEAR, self._gl.LINEAR)
        texture.repeat_x = texture.repeat_y = False
        texture.use(unit)
        return texture

    def _set(self, rig: Rig, iris: F32, lens: Lens) -> None:
        lamps = np.zeros((4, 3), "f4")
        colours = np.zeros((4, 3), "f4")
        for k, (way, colour) in enumerate(rig.lamps):
            lamps[k], colours[k] = np.array(way) / np.linalg.norm(way), colour
        values = {
            "albedo": 0, "surface": 1, "ambient": rig.ambient, "lamps": len(rig.lamps), "wrap": tuple(WRAP.tolist()),
            "iris": tuple(iris.tolist()), "fresnel": FRESNEL, "centre": lens.centre, "unit_px": lens.unit_px,
            "size": self._size, "distance_dm": lens.distance_dm,
        }  # fmt: skip
        for name, value in values.items():
            self._program[name].value = value
        self._program["lamp"].write(lamps.tobytes())
        self._program["colour"].write(colours.tobytes())

    def meter(self, places: F32, normals: F32) -> None:
        """Set the exposure by the mean of this picture and hold it, as a camera with locked exposure does."""
        for _ in range(METER_STEPS):
            shown = self.picture(places, normals, (0.0, 0.0)).astype(np.float32) / 255
            mean = float(np.where(shown <= 0.04045, shown / 12.92, ((shown + 0.055) / 1.055) ** 2.4).mean())
            self._expose(min(self._rig.gain_max, self._gain * METER_TARGET / max(1e-3, mean)))

    def _expose(self, gain: float) -> None:
        self._gain = gain
        self._behind = (self._wall * np.float32(gain)).astype(np.float16)

    def picture(self, places: F32, normals: F32, gaze: tuple[float, float]) -> U8:
        """The picture uint8 [h, w, 3] of vertices `places` and `normals`, float32 [v, 3], eyes turned by `gaze`."""
        with self._gl:  # another stage's driver may be the present one
            self._program["gaze"].value = gaze
            self._program["gain"].value = self._gain
            self._moving.write(np.concatenate([places, normals], axis=1).astype("f4").tobytes())
            self._edges.use()
            self._edges.clear(0.0, 0.0, 0.0, 0.0)
            self._gl.enable(self._gl.DEPTH_TEST | self._gl.CULL_FACE)
            self._mesh.render()
            self._gl.copy_framebuffer(self._target, self._edges)
            raw = self._target.read(components=4, alignment=1, dtype="f2")
        drawn = np.frombuffer(raw, np.float16).reshape(*self._size[::-1], 4)[::-1]
        light = drawn[..., :3] + (1 - drawn[..., 3:]) * self._behind
        return CODED[light.view(np.uint16)]
