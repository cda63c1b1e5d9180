"""The demo's terminal: a live picture where the terminal can draw one, plain lines where it cannot."""

from __future__ import annotations

from types import TracebackType
from typing import Protocol, Self

from rich.console import Console, Group
from rich.live import Live
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from appliance.demo.state import EVENTS_SHOWN, Arrived, DemoState

LIGHTS = {
    "off": ("dim", "off"),
    "check_in": ("bold yellow", "amber: check in"),
    "still_hard": ("bold yellow", "amber, slow blink: still hard"),
    "help": ("bold blue", "blue: help asked"),
    "paused": ("blue", "blue, dim: paused"),
    "fault": ("yellow", "amber double flash: fault"),
    "relief": ("blue", "blue, dim, now and then: relief hint"),
    "ready": ("bold blue", "blue, three short flashes: started"),
}
"""Light -> (style, words); the words carry the meaning where there is no colour (IEC 60073: never colour alone)."""

PLAIN_PERIOD_S = 5.0
REFRESH_HZ = 10


class View(Protocol):
    """A context manager that shows a DemoState and each event once."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def show(self, state: DemoState) -> None:
        """Draw `state`."""
        ...

    def event(self, arrived: Arrived) -> None:
        """Show one event that came back through the broker."""
        ...


def choose_view(console: Console, title: str) -> View:
    """Live on a capable terminal; plain lines for pipes, dumb terminals and logs. NO_COLOR is rich's own business."""
    if console.is_terminal and not console.is_dumb_terminal:
        return LiveView(console, title)
    return PlainView(console, title)


def describe(message: dict[str, object]) -> str:
    """An event in one line for people: kind, label, probability, action groups, what the policy did."""
    actions = message.get("act")
    shown = ", ".join(map(str, actions)) if isinstance(actions, list) else ""
    return " ".join(
        f"{message.get('kind')} {message.get('expr')} p={message.get('p')} [{shown}] {message.get('pol')}".split()
    )


class LiveView:
    """The whole state redrawn in place ten times a second."""

    def __init__(self, console: Console, title: str) -> None:
        self._title = title
        self._live = Live(console=console, refresh_per_second=REFRESH_HZ, transient=False)

    def __enter__(self) -> Self:
        self._live.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.__exit__(kind, error, trace)

    def show(self, state: DemoState) -> None:
        """Redraw."""
        self._live.update(self._draw(state))

    def event(self, arrived: Arrived) -> None:
        """Nothing more: the table in `show` holds it."""

    def _draw(self, state: DemoState) -> Panel:
        style, words = LIGHTS.get(state.light, ("", state.light))
        light = Text.assemble(("  ⬤  " if state.light != "off" else "  ◯  ", style), (words, style))
        seen = state.no_reading.replace("_", " ") if state.no_reading else "reading"
        numbers = f"{state.frames} frames  {state.fps:.0f} fps  {state.dropped} late  broker: {state.availability}"
        events = Table(box=None, show_header=False, padding=(0, 1))
        for arrived in state.events[-EVENTS_SHOWN:]:
            events.add_row(f"{arrived.at_s:6.1f} s", Text(describe(arrived.message)))  # no markup: [brackets] are words
        parts: list[object] = [self._progress(state), light, Text(f"  {seen}   {numbers}", style="dim"), events]
        parts += [Text(note, style="red") for note in state.notes]
        return Panel(Group(*parts), title=self._title, subtitle="facial movement is a hint, not a feeling")  # type: ignore[arg-type]

    def _progress(self, state: DemoState) -> Table:
        row = Table.grid(padding=(0, 1))
        row.add_row(
            ProgressBar(total=state.total_s, completed=min(state.now_s, state.total_s or 0.0), width=40),
            f"{state.now_s:5.1f} s" + (f" of {state.total_s:.0f} s" if state.total_s else ""),
        )
        return row


class PlainView:
    """A line for each change of the light, each event, and the progress every five seconds."""

    def __init__(self, console: Console, title: str) -> None:
        self._console = console
        self._title = title
        self._light = "off"
        self._next_s = 0.0

    def __enter__(self) -> Self:
        self._say(self._title)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def _say(self, words: str) -> None:
        self._console.print(words, markup=False, highlight=False, soft_wrap=True)

    def show(self, state: DemoState) -> None:
        """Print what changed."""
        if state.light != self._light:
            self._light = state.light
            self._say(f"{state.now_s:6.1f} s  light  {LIGHTS.get(state.light, ('', state.light))[1]}")
        if state.now_s >= self._next_s and state.frames:
            self._next_s = state.now_s + PLAIN_PERIOD_S
            total = f" of {state.total_s:.0f}" if state.total_s else ""
            reading = f"no reading: {state.no_reading}" if state.no_reading else "reading"
            self._say(f"{state.now_s:6.1f}{total} s  {state.frames} frames  {state.fps:.0f} fps  {reading}")
        while state.notes:
            self._say(state.notes.popleft())

    def event(self, arrived: Arrived) -> None:
        """Print the event."""
        self._say(f"{arrived.at_s:6.1f} s  event  {describe(arrived.message)}")
