"""`python -m appliance.sense`: the process with the camera. Builds the stages from the settings and runs them."""

from __future__ import annotations

import argparse
import dataclasses
import signal
import sys
from contextlib import ExitStack
from pathlib import Path

from appliance.clock import Clock, SystemClock
from appliance.cue.device import open_device
from appliance.errors import InklingError
from appliance.events import FaultCode, Mode
from appliance.notify import notify
from appliance.profiles import mode_of
from appliance.records import FaultRecord
from appliance.sense.accelerator import usable
from appliance.sense.desk import Desk
from appliance.sense.outlet import Outlet
from appliance.sense.sensing import Parts, Sensing
from appliance.sense.status import Status
from appliance.settings import Settings, load

DRAIN_S = 3.0
"""At the end of a clip, what waits in line gets this long; at two a second the demo needs no more."""


def main() -> int:
    """Run until the clip ends or SIGTERM; 0, or 2 with one line when an input is bad."""
    parser = argparse.ArgumentParser(prog="inkling-sense", description=__doc__)
    parser.add_argument("--config", type=Path, required=True, help="settings file")
    parser.add_argument("--status", action="store_true", help="print the state as JSON lines, for the demo")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        run(load(options.config), Status() if options.status else None, SystemClock())
    except InklingError as error:
        sys.stderr.write(f"inkling-sense: {error}\n")
        return 2
    return 0


def run(settings: Settings, status: Status | None, clock: Clock) -> None:
    """Sense until the source ends.

    Raises:
        InklingError: any input that is bad (settings, camera, clip, model, light, channel).
    """
    mode = mode_of(settings.use)
    with ExitStack() as stack:
        outlet = Outlet(Path(settings.link.fifo), settings.link.records_per_s_max)
        stack.callback(outlet.close)
        device = stack.enter_context(open_device(settings.cue, clock))
        desk = Desk(settings, mode, device, clock)
        stack.callback(desk.close)
        eye = None
        allowed = mode is Mode.NOTICE
        if mode in {Mode.NOTICE, Mode.OPT_IN}:
            settings = _accelerated(settings, outlet, clock)
            # Only here, so that a device with buttons alone opens no camera and loads no model.
            from appliance.sense.reading import Reading  # noqa: PLC0415

            eye = Reading(settings, device, clock, allowed=allowed)
            stack.callback(eye.close)
        sensing = Sensing(Parts(eye, desk, outlet, status, allowed), clock)
        notify("READY=1")
        said = ""
        while sensing.step():
            notify("WATCHDOG=1")
            if said != (said := "STATUS=well" if sensing.well else "STATUS=waiting"):
                notify(said)  # `inkling-commit` keeps a version on trial only when it hears "well"
        sensing.drain(DRAIN_S)


def _accelerated(settings: Settings, outlet: Outlet, clock: Clock) -> Settings:
    """The settings with the accelerator that can be used; when it is not the one asked for, that is a fault."""
    found = usable(settings.model.accelerator)
    if found != settings.model.accelerator:
        outlet.put(clock.monotonic_s(), FaultRecord(FaultCode.ACCELERATOR_FALLBACK, active=True))
    return dataclasses.replace(settings, model=dataclasses.replace(settings.model, accelerator=found))


if __name__ == "__main__":
    sys.exit(main())
