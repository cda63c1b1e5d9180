"""The camera as everything here gets it: lamp lit before it is powered, staff side black before anybody looks."""

from __future__ import annotations

from appliance.clock import Clock
from appliance.sense.frame import FrameSource
from appliance.sense.lamp import CameraPower, LampedSource
from appliance.sense.mask import Mask, MaskedSource
from appliance.sense.source import is_cropped, open_source
from appliance.settings import Settings


def open_view(settings: Settings, power: CameraPower, clock: Clock) -> FrameSource:
    """The configured camera or clip, lamped and masked; opened when entered.

    Raises:
        CameraMissing: as `open_source`.
        ConfigInvalid: a view that makes no sense.
    """
    Mask(settings.view)  # a view that makes no sense opens nothing
    source = open_source(settings.camera, clock, settings.view.crop)
    return MaskedSource(LampedSource(source, power), Mask(settings.view, cropped=is_cropped(source)))
