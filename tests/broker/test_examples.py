"""The shipped examples: the kiosk page in a real browser, and the lines for a terminal."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from appliance.clock import SystemClock
from appliance.fleet.brokers import Mosquitto
from tests.boundary.source import ROOT
from tests.broker.desk import BASE, FROWN, Desk, It, desk, events, open_settings, until

TELL = (
    "<script>new MutationObserver(() => console.log('told: ' + say.textContent)).observe(say,{childList:true})</script>"
)
EXAMPLES = ROOT / "docs" / "examples"


def test_the_kiosk_page_adapts_in_a_real_browser(tmp_path: Path) -> None:
    """Headless Chromium shows the page's calmer sentence once a negative event was published."""
    chromium = shutil.which("chromium")
    assert chromium, "chromium is missing: sudo apt-get install chromium"
    broker, web = Mosquitto(tmp_path, SystemClock()), Mosquitto(tmp_path, SystemClock())
    broker._config.write_text(broker._config.read_text() + f"listener {web.port} 127.0.0.1\nprotocol websockets\n")
    broker.start()
    page = tmp_path / "kiosk.html"
    page.write_text((EXAMPLES / "kiosk.html").read_text() + TELL)
    log = tmp_path / "browser"
    with desk(open_settings(tmp_path, broker.port), tmp_path) as one, log.open("wb") as out:
        browser = subprocess.Popen(
            [chromium, "--headless=new", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path}/profile",
             "--enable-logging=stderr", f"file://{page}?broker=ws://127.0.0.1:{web.port}/mqtt"],
            stdout=subprocess.DEVNULL, stderr=out,
        )  # fmt: skip
        # Without a subscriber mosquitto answers 0x10 and the event waits: it goes out once the page has subscribed.
        one.write(FROWN)
        try:
            until(lambda: "told: Shall we go through this step by step?" in log.read_text("utf-8", "replace"), "page")
        finally:
            browser.terminate()
            browser.wait(20)
    broker.end()


def line(about: str, port: int) -> list[str]:
    """The one line of the README for a terminal that contains `about`, with this broker's address."""
    block = (EXAMPLES / "README.md").read_text().split("```sh\n")[1].split("```")[0]
    (text,) = (each for each in block.splitlines() if about in each)
    text = text.replace("-h broker", f"-h 127.0.0.1 -p {port}").replace("inkling/v1/shop/ink-7f3a91", BASE)
    return shlex.split(text, comments=True)


def says(command: list[str], *, messages: int = 1) -> str:
    """What a line prints until that many messages came."""
    done = subprocess.run(
        [*command, "-C", str(messages), "-W", "20"], capture_output=True, text=True, check=True, timeout=30
    )
    return done.stdout


def test_the_lines_show_who_is_there_and_what_is_wrong(counter: Desk, it: It, broker: Mosquitto) -> None:
    """The line for status prints the device and `online`; the line for faults prints the fault that begins."""
    assert f"{BASE}/status online\n" == says(line("/status", broker.port))
    # On a pipe the C library holds lines back until 4 KiB are together; stdbuf lets each out.
    command = ["stdbuf", "-oL", *line("/fault", broker.port), "-d", "-C", "1", "-W", "20"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as listening:
        assert listening.stdout is not None
        for said in listening.stdout:
            if "SUBACK" in said:
                os.write(counter.fifo, bytes(61))
            if said.startswith("{"):
                assert "record_invalid" == json.loads(said)["code"]
                break
        else:
            pytest.fail("no fault was printed")


def test_the_line_for_events_has_them_also_after_a_break(counter: Desk, it: It, broker: Mosquitto) -> None:
    """Stopped and started again, the line for events prints those of the meantime; the line for replay brings one."""
    listen = line("/event/", broker.port)
    subprocess.run([*listen, "-E"], check=True, timeout=30)
    counter.write(FROWN, FROWN)
    events(it, 2)
    assert [1, 2] == [json.loads(each)["seq"] for each in says(listen, messages=2).splitlines()]
    values = '"boot":17,"from":48200,"to":48213'
    asked = [part.replace(values, '"boot":1,"from":2,"to":2') for part in line("/cmd/replay/", broker.port)]
    subprocess.run(asked, check=True, timeout=30)
    # The last one of before may come once more: the line ended before it could tell the broker it has it.
    again = until(lambda: next((each for each in map(json.loads, [says(listen)]) if each["late"]), None), "replay")
    assert 2 == again["seq"]
