"""docs/examples/node-red-flow.json in a real Node-RED, fed by a real device through a real broker."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError

import pytest

from appliance.demo.broker import free_port
from appliance.fleet.brokers import Mosquitto
from tests.boundary.source import ROOT
from tests.broker.desk import FROWN, It, desk, events, open_settings, until
from tests.broker.proxy import Proxy

FLOW = ROOT / "docs" / "examples" / "node-red-flow.json"
LOCKED = ROOT / "tests" / "broker" / "node_red"
INSTALL_S = 240


@pytest.fixture(scope="module")
def program() -> Path:
    """Node-RED as the lock names it, installed once into .cache; its install scripts are not run."""
    folder = ROOT / ".cache" / "node-red"
    lock = (LOCKED / "package-lock.json").read_text()
    stamp = folder / "installed"
    if not stamp.exists() or stamp.read_text() != lock:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(LOCKED / name, folder)
        done = subprocess.run(
            ["npm", "ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund"],
            cwd=folder, capture_output=True, text=True, check=False, timeout=INSTALL_S,
        )  # fmt: skip
        assert 0 == done.returncode, done.stderr
        stamp.write_text(lock)
    return folder / "node_modules" / "node-red" / "red.js"


class Dashboard:
    """A running Node-RED with the flow.

    Args:
        port: of its page.
    """

    def __init__(self, port: int) -> None:
        self._url = f"http://127.0.0.1:{port}/inkling"

    def page(self) -> str:
        """What it shows, empty while it does not answer."""
        try:
            with urllib.request.urlopen(self._url, timeout=5) as answer:  # noqa: S310  # our own loopback address
                return str(answer.read().decode())
        except URLError:
            return ""

    def shows(self, *cells: str) -> bool:
        """Whether a row of the page begins with these cells."""
        return "<tr><td>" + "</td><td>".join(cells) + "</td>" in self.page()


@pytest.fixture
def line(broker: Mosquitto) -> Iterator[Proxy]:
    """Node-RED's line to the broker."""
    with Proxy(broker.port) as one:
        yield one


@pytest.fixture
def dashboard(program: Path, line: Proxy, tmp_path: Path) -> Iterator[Dashboard]:
    """Node-RED with the flow; only the broker's address is changed."""
    home = tmp_path / "node-red"
    home.mkdir()
    shutil.copy(LOCKED / "settings.js", home)
    flow = json.loads(FLOW.read_text())
    for node in flow:
        if node["type"] == "mqtt-broker":
            node |= {"broker": "127.0.0.1", "port": str(line.port)}
    (home / "flow.json").write_text(json.dumps(flow))
    port = free_port()
    with (home / "log").open("wb") as log:
        process = subprocess.Popen(
            ["node", str(program), "--userDir", str(home), "--settings", str(home / "settings.js")],
            stdout=log, stderr=log, env=os.environ | {"INKLING_PORT": str(port)},
        )  # fmt: skip
        try:
            one = Dashboard(port)
            until(one.page, "Node-RED's page", 60)
            yield one
        finally:
            process.terminate()
            process.wait(20)


def test_the_flow_counts_shows_who_is_there_and_asks_for_what_it_missed(
    dashboard: Dashboard, line: Proxy, broker: Mosquitto, tmp_path: Path
) -> None:
    """The page counts each event once, asks for the three that a break swallowed, and shows status and faults."""
    settings = open_settings(tmp_path, broker.port)
    with It(broker.port, name="historian") as historian, desk(settings, tmp_path) as one:
        until(lambda: dashboard.shows("ink-000000", "online"), "online")
        one.write(FROWN)
        until(lambda: dashboard.shows("ink-000000 counter-1 negative", "1"), "the first event")
        line.cut()
        one.write(FROWN, FROWN, FROWN)
        events(historian, 4)
        line.mend()
        until(lambda: dashboard.shows("ink-000000", "online"), "status")

        def asked() -> bool:
            """Events go on; the first that Node-RED hears again shows it the gap."""
            if len({each.data["seq"] for each in historian.heard("event")}) == one.written:
                one.write(FROWN)
            return bool(historian.heard("cmd"))

        until(asked, "the question")
        until(lambda: dashboard.shows("ink-000000 counter-1 negative", str(one.written)), "all events, each once")
        os.write(one.fifo, bytes(61))
        until(lambda: dashboard.shows("ink-000000", "online", "record_invalid"), "the fault")
