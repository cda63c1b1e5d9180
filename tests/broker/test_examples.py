"""The shipped examples: the kiosk page in a real browser."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from appliance.clock import SystemClock
from appliance.fleet.brokers import Mosquitto
from tests.boundary.source import ROOT
from tests.broker.desk import FROWN, desk, open_settings, until

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
