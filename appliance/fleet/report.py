"""What a fleet run gave, as text and as one drawing: throughput, latency, attempts to come back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from appliance.fleet.load import Log

BIN_S = 0.1
WIDTH, HEIGHT, MARGIN = 720, 200, 40


@dataclass(frozen=True, slots=True)
class Result:
    """A fleet run: latencies in s, sorted; per second arrivals; attempts per 100 ms since the broker went away."""

    devices: int
    sent: int
    lost: int
    repeated: int
    waiting: int
    latencies_s: tuple[float, ...]
    arrivals: tuple[int, ...]
    attempts: tuple[int, ...]
    back: int
    all_back_s: float | None

    @classmethod
    def of(
        cls,
        logs: Sequence[Log],
        heard_s: Mapping[tuple[str, int], float],
        repeated: int,
        devices: int,
        start_s: float,
        back_s: float | None,
        down_s: float,
    ) -> Result:
        """The sums of the workers' logs and the consumer's."""
        written = {key: at_s for log in logs for key, at_s in log.written_s.items()}
        latencies = tuple(sorted(heard_s[key] - at_s for key, at_s in written.items() if key in heard_s))
        seconds = Counter(int(at_s - start_s) for at_s in heard_s.values())
        attempts: tuple[int, ...] = ()
        accepted: list[float] = []
        if back_s is not None:
            gone_s = back_s - down_s
            bins = Counter(int((at_s - gone_s) / BIN_S) for log in logs for at_s in log.attempts_s if at_s > gone_s)
            attempts = tuple(bins[each] for each in range(max(bins, default=-1) + 1))
            accepted = sorted(at_s - back_s for log in logs for at_s in log.accepted_s if at_s > gone_s)
        return cls(
            devices=devices,
            sent=len(written),
            lost=len(written) - len(latencies),
            repeated=repeated,
            waiting=sum(log.waiting for log in logs),
            latencies_s=latencies,
            arrivals=tuple(seconds[each] for each in range(max(seconds, default=-1) + 1)),
            attempts=attempts,
            back=len(accepted),
            all_back_s=accepted[-1] if len(accepted) >= devices else None,
        )

    def quantile_ms(self, share: float) -> float:
        """The latency that `share` of the events did not pass, ms."""
        if not self.latencies_s:
            return float("nan")
        return 1000 * self.latencies_s[min(len(self.latencies_s) - 1, int(share * len(self.latencies_s)))]

    def text(self) -> str:
        """The figures, a line each."""
        lines = [
            f"devices {self.devices}, events {self.sent}, lost {self.lost}, repeated {self.repeated}",
            "end to end, ms: "
            + ", ".join(f"p{100 * share:g} {self.quantile_ms(share):.1f}" for share in (0.5, 0.99, 1.0)),
        ]
        if self.attempts:
            back = f"all after {self.all_back_s:.1f} s" if self.all_back_s is not None else "not all"
            lines.append(
                f"broker killed: {sum(self.attempts)} attempts, at most {max(self.attempts)} in 100 ms;"
                f" back {self.back}, {back}"
            )
        return "\n".join(lines)


def write_report(result: Result, path: Path) -> None:
    """Draw three panels into the SVG `path`."""
    panels = [
        ("events delivered a second", result.arrivals, 1.0, "s"),
        ("end-to-end latency, ms, by share of events (0..100 %)", _percentiles(result), 1.0, "%"),
        ("attempts to connect per 100 ms since the broker was killed", result.attempts, BIN_S, "s"),
    ]
    height = len(panels) * (HEIGHT + MARGIN) + MARGIN
    drawn = [_panel(title, values, step, unit, index) for index, (title, values, step, unit) in enumerate(panels)]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH + 2 * MARGIN}" height="{height}"'
        f' font-family="sans-serif" font-size="12">{"".join(drawn)}</svg>\n'
    )


def _percentiles(result: Result) -> tuple[float, ...]:
    return tuple(result.quantile_ms(share / 100) for share in range(100)) if result.latencies_s else ()


def _panel(title: str, values: Sequence[float], step: float, unit: str, index: int) -> str:
    top = MARGIN + index * (HEIGHT + MARGIN)
    high = max(values, default=0) or 1
    width = WIDTH / max(1, len(values))
    bars = "".join(
        f'<rect x="{MARGIN + each * width:.1f}" y="{top + HEIGHT * (1 - value / high):.1f}"'
        f' width="{max(0.5, width - 0.2):.2f}" height="{HEIGHT * value / high:.1f}" fill="#36a"/>'
        for each, value in enumerate(values)
    )
    label = f"{title}; highest {high:.4g}; {len(values) * step:.4g} {unit} across"
    return f'<text x="{MARGIN}" y="{top - 8}">{label}</text>{bars}'
