"""Presses a button ten times a second into the channel; says on the console which events the outbox has committed."""

import contextlib
import os
import sqlite3
import time

from appliance.events import Button
from appliance.records import ButtonRecord, Record
from appliance.wire import encode

PERIOD_S = 0.1

fifo = os.open("/run/inkling/events", os.O_WRONLY | os.O_NONBLOCK)
console = open("/dev/ttyAMA0", "w", buffering=1)  # noqa: SIM115  # for as long as the power is there
outbox = sqlite3.connect("file:/var/lib/inkling/outbox.db?mode=ro", uri=True)
said = set()
seq = 0
while True:
    with contextlib.suppress(BlockingIOError):
        os.write(fifo, encode(Record(seq, time.monotonic(), 0, ButtonRecord(Button.HELP))))
        seq += 1
    with contextlib.suppress(sqlite3.OperationalError):
        for (key,) in outbox.execute("SELECT key FROM message WHERE kind = 'event'"):
            if key not in said:
                said.add(key)
                console.write(f"STORED {key}\n")
    time.sleep(PERIOD_S)
