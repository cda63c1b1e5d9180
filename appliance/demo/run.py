"""`inkling run`: broker, publish, sense and a subscriber on this machine, live in the terminal, then a summary."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from queue import Empty, SimpleQueue

from rich.console import Console

from appliance.clock import Clock, SystemClock
from appliance.config import render
from appliance.demo.broker import DemoBroker, demo_broker
from appliance.demo.state import DemoState
from appliance.demo.subscriber import Subscriber
from appliance.demo.summary import print_summary
from appliance.demo.supervise import Child
from appliance.demo.truth import read_truth
from appliance.demo.view import View, choose_view
from appliance.errors import InklingError
from appliance.settings import Settings, load


class SenseEnded(InklingError):
    """The sensing process would not run, or went on crashing."""


LOOP_S = 0.05
DRAIN_S = 4.0
"""After the last frame: the channel lets two records a second through, and the broker answers in milliseconds."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `inkling run`."""
    parser.add_argument("--clip", type=Path, help="a video file (default: the planted demo clip)")
    parser.add_argument("--camera", help="/dev/videoN or picamera2 instead of a clip; ends with Ctrl-C")
    parser.add_argument("--config", type=Path, help="settings file (default: the demo's own settings)")


def main(options: argparse.Namespace) -> int:
    """Run the chain to the end of the clip; 0 when it ran, 1 when the demo clip gave no event, 2 for bad input."""
    clip = None if options.camera else options.clip or _demo_clip()
    source = str(clip) if clip else options.camera
    truth = read_truth(clip) if clip else []
    with tempfile.TemporaryDirectory(prefix="inkling-") as name:
        folder = Path(name)
        with demo_broker(folder) as broker:
            base = load(options.config) if options.config else at_once(load(None))
            settings = here(base, folder, source, broker)
            state = DemoState(total_s=_clip_seconds(clip))
            console = Console(highlight=False)
            view = choose_view(console, f"Inkling: {Path(source).name}, broker {broker.name}")
            status = _run(settings, folder, broker, state, view, SystemClock())
        print_summary(console, state, truth)
    if status != 0:
        raise SenseEnded(state.refusal or f"it crashed with status {status}", "")
    return 1 if truth and not state.events and not state.interrupted else 0


def _demo_clip() -> Path:
    """The planted clip, made when it is not cached; imported late because only the demo needs it."""
    from models.clips.demo import demo_clip  # noqa: PLC0415  # heavy, and absent on a device

    return demo_clip()


def at_once(base: Settings) -> Settings:
    """`base` with the light on at once and no event held back, for a demo without a settings file.

    A demo has one visitor and lasts half a minute: the privacy limits (k rule, time bucket) and the two weeks of shadow
    would hide what it is there to show. On a device, and with `--config`, they are as configured.
    """
    return replace(
        base,
        privacy=replace(base.privacy, bucket_s=0, visits_min=0, events_per_minute_max=60),
        policy=replace(base.policy, shadow=False, dwell_s=0.5, threshold=0.5),
    )


def here(base: Settings, folder: Path, source: str, broker: DemoBroker) -> Settings:
    """`base` pointed at this run's source, broker and folder; light, mode and limits stay as they are."""
    return replace(
        base,
        camera=replace(base.camera, source=source),
        mqtt=replace(base.mqtt, host="127.0.0.1", port=broker.port, protocol=broker.protocol, transport="tcp"),
        outbox=replace(base.outbox, path=str(folder / "outbox.db")),
        link=replace(base.link, fifo=str(folder / "events")),
    )


def _run(settings: Settings, folder: Path, broker: DemoBroker, state: DemoState, view: View, clock: Clock) -> int:
    """Play to the end; the exit status of the sensing process, 0 after Ctrl-C."""
    config = folder / "inkling.toml"
    config.write_text(render(settings))
    os.mkfifo(settings.link.fifo, mode=0o620)
    # Held open here for the whole run, as systemd's socket unit does: what sense wrote survives a death of publish.
    fifo = os.open(settings.link.fifo, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
    lines: SimpleQueue[str] = SimpleQueue()
    publish = Child("publish", _command("appliance.publish", config), on_line=lines.put)
    sense = Child("sense", [*_command("appliance.sense", config), "--status"], on_line=lines.put)
    try:
        with Subscriber(broker.port, broker.protocol) as subscriber, view:
            publish.start()
            sense.start()
            return _watch(state, view, clock, subscriber, lines, (publish, sense))
    finally:
        sense.stop()
        publish.stop()
        os.close(fifo)


def _command(module: str, config: Path) -> list[str]:
    return [sys.executable, "-m", module, "--config", str(config)]


def _watch(
    state: DemoState,
    view: View,
    clock: Clock,
    subscriber: Subscriber,
    lines: SimpleQueue[str],
    children: tuple[Child, Child],
) -> int:
    publish, sense = children
    ended_s: float | None = None
    status = 0
    try:
        while ended_s is None or clock.monotonic_s() < ended_s + DRAIN_S:
            _drain(lines, state.sensed)
            for heard in subscriber.take():
                if arrived := state.heard(heard, clock.monotonic_s()):
                    view.event(arrived)
            publish.check()
            ended = sense.check()
            state.restarts = publish.restarts + sense.restarts
            if ended is not None and ended_s is None:
                ended_s, status = clock.monotonic_s(), ended
            view.show(state)
            clock.wait_s(LOOP_S)
    except KeyboardInterrupt:
        state.interrupted = True
    _drain(lines, state.sensed)
    view.show(state)
    return status


def _drain(lines: SimpleQueue[str], take: Callable[[str], None]) -> None:
    while True:
        try:
            take(lines.get_nowait())
        except Empty:
            return


def _clip_seconds(clip: Path | None) -> float | None:
    """How long `clip` plays, seconds; None for a camera."""
    if clip is None:
        return None
    from appliance.sense.clip import clip_seconds  # noqa: PLC0415  # the runner is not a device process

    return clip_seconds(clip)
