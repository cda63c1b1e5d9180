"""Firmware of the reference box in MicroPython (Raspberry Pi Pico): lights, tick, three switches, camera relay.

Copy this file and frames.py to the Pico (`mpremote cp frames.py main.py :`). Wiring, GP numbers:
    2 amber LED    3 blue LED    4 piezo    5 camera relay, white customer lamp on the relay's output
    6 acknowledge  7 help        8 customer's pause; switches to ground
The lamp has no pin of its own: it burns exactly when the camera has power.
"""

import sys
import time

import machine
from frames import ACK, EDGE, STATE, Decoder, encode

DEAD_MS = 3000  # the computer sends every second; three missed is silence (design page cues.md)
DEBOUNCE_MS = 20  # contacts of small switches bounce for less
EDGE_RETRY_MS = 100
EDGE_TRIES_MAX = 30
EDGES_MAX = 16
TICK_MS = 10  # one soft click
FAULT_MS = 5000
FAULT_ON_MS = ((0, 250), (1250, 1500))  # double short flash every 5 s, each a second apart or more


class Box:
    """Everything the box does; `step` is called again and again and never waits."""

    def __init__(self, stream_in: object, stream_out: object, poll: object) -> None:
        """Streams carry bytes; `poll(0)` is true while one can be read."""
        self._in, self._out, self._poll = stream_in, stream_out, poll
        self._amber = machine.PWM(machine.Pin(2), freq=1000, duty_u16=0)
        self._blue = machine.PWM(machine.Pin(3), freq=1000, duty_u16=0)
        self._piezo = machine.Pin(4, machine.Pin.OUT, value=0)
        self._relay = machine.Pin(5, machine.Pin.OUT, value=0)
        self._switches = [machine.Pin(pin, machine.Pin.IN, machine.Pin.PULL_UP) for pin in (6, 7, 8)]
        self._down = [0, 0, 0]
        self._changed_ms = [time.ticks_ms()] * 3
        self._decoder = Decoder()
        self._heard_ms = time.ticks_ms()
        self._seq = 0
        self._edges = []
        self._sent_ms = 0
        self._tries = 0
        self._dead = False

    def step(self) -> None:
        """Read what has come, answer it, watch the switches and the silence."""
        now_ms = time.ticks_ms()
        while self._poll(0):
            for seq, command, payload in self._decoder.feed(self._in.read(1)):
                self._take(now_ms, seq, command, payload)
        self._watch_switches(now_ms)
        self._send_edge(now_ms)
        silent_ms = time.ticks_diff(now_ms, self._heard_ms)
        if silent_ms > DEAD_MS:
            self._show_fault(silent_ms - DEAD_MS)

    def _take(self, now_ms: int, seq: int, command: int, payload: bytes) -> None:
        self._heard_ms = now_ms
        self._dead = False
        if command == ACK and self._edges and seq == self._edges[0][0]:
            self._edges.pop(0)
            self._tries = 0
        if command == STATE and len(payload) == 3:
            self._amber.duty_u16(payload[0] * 257)
            self._blue.duty_u16(payload[1] * 257)
            self._relay.value(payload[2] >> 1 & 1)
            self._out.write(encode(seq, ACK, b""))
            if payload[2] & 1:
                self._piezo.value(1)
                time.sleep_ms(TICK_MS)
                self._piezo.value(0)

    def _watch_switches(self, now_ms: int) -> None:
        for number, switch in enumerate(self._switches):
            down = 1 - switch.value()
            if down != self._down[number] and time.ticks_diff(now_ms, self._changed_ms[number]) >= DEBOUNCE_MS:
                self._down[number] = down
                self._changed_ms[number] = now_ms
                self._seq = (self._seq + 1) % 256
                if len(self._edges) < EDGES_MAX:
                    self._edges.append((self._seq, encode(self._seq, EDGE, bytes((number, down)))))

    def _send_edge(self, now_ms: int) -> None:
        """The oldest edge, again and again until it is answered; given up when nobody ever does."""
        if not self._edges or (self._tries and time.ticks_diff(now_ms, self._sent_ms) < EDGE_RETRY_MS):
            return
        if self._tries == EDGE_TRIES_MAX:
            self._edges.pop(0)
            self._tries = 0
            return
        self._out.write(self._edges[0][1])
        self._tries += 1
        self._sent_ms = now_ms

    def _show_fault(self, since_ms: int) -> None:
        """The computer is silent: amber double flash, and the camera loses its power with the lamp."""
        if not self._dead:
            self._dead = True
            self._blue.duty_u16(0)
            self._relay.value(0)
        at_ms = since_ms % FAULT_MS
        lit = any(begin <= at_ms < end for begin, end in FAULT_ON_MS)
        self._amber.duty_u16(65535 if lit else 0)


def run() -> None:
    """Serve until the power goes."""
    import select  # noqa: PLC0415

    import micropython  # noqa: PLC0415  only on the Pico

    micropython.kbd_intr(-1)  # byte 03 is data here, not Ctrl-C
    poller = select.poll()
    poller.register(sys.stdin, select.POLLIN)
    box = Box(sys.stdin.buffer, sys.stdout.buffer, poller.poll)
    while True:
        box.step()


if __name__ == "__main__":
    run()
