"""What the demo showed, at the end: numbers, and planted truth against found."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from appliance.demo.state import Arrived, DemoState
from appliance.demo.truth import Planted, match
from appliance.demo.view import LIGHTS


def print_summary(console: Console, state: DemoState, truth: list[Planted]) -> None:
    """Print frames, speed, events and cues, and one line for each planted expression when the truth is known."""
    rate = state.frames / state.now_s if state.now_s else 0.0
    console.print(
        f"{state.frames} frames in {state.now_s:.1f} s ({rate:.0f} fps), {state.dropped} late; "
        f"{len(state.events)} events through the broker; {sum(state.cues.values())} cues",
        highlight=False,
    )
    for light, count in state.cues.items():
        console.print(f"  light {LIGHTS.get(light, ('', light))[1]}: {count}", highlight=False)
    if state.restarts:
        console.print(f"  processes that died and were restarted: {state.restarts}", highlight=False)
    if state.no_reading_lines:
        shares = ((reason, count / state.lines) for reason, count in state.no_reading_lines.most_common())
        reasons = ", ".join(f"{reason.replace('_', ' ')} {share:.0%}" for reason, share in shares)
        console.print(f"  of the time no reading: {reasons}", highlight=False)
    if not truth:
        return
    pairs, unplanted = match(truth, state.events)
    table = Table(box=None, padding=(0, 2), title="planted and found", title_justify="left")
    for heading in ("apex", "planted", "came back as", "after apex"):
        table.add_column(heading)
    for planted, hit in pairs:
        table.add_row(f"{planted.apex_s:.2f} s", f"{planted.kind} {planted.label}", *_found(planted, hit))
    console.print(table)
    found = sum(hit is not None for _, hit in pairs)
    console.print(f"found {found} of {len(pairs)} planted; {len(unplanted)} events not planted", highlight=False)


def _found(planted: Planted, hit: Arrived | None) -> tuple[str, str]:
    if hit is None:
        return "-", ""
    said = f"{hit.message.get('kind')} {hit.message.get('expr')} p={hit.message.get('p')}"
    return said, f"{hit.at_s - planted.apex_s:.2f} s"
