"""The reference box: amber, blue, soft tick, buttons, camera power with the customer lamp; each frame is answered.

One state frame a second at least keeps the box from showing fault by itself (its dead-man waits 3 s).
"""

from __future__ import annotations

from contextlib import suppress

from appliance.clock import Clock
from appliance.cue.frames import BoxFrame, Command, Decoder, encode
from appliance.cue.interface import Abilities, Edge, Switch
from appliance.cue.pattern import DARK, Shown
from appliance.cue.serial_port import SerialPort
from appliance.errors import CuePortMissing

BAUD = 115_200
BEAT_S = 1.0
"""A state frame at least this often: two may be lost before the box's 3 s are over."""
ACK_S = 0.1
"""A frame and its answer take 2 ms at 115,200 bit/s; a tenth of a second is a lost one."""
TRIES_MAX = 4
"""Half a second without any answer is a box that is gone."""
SWITCHES = (Switch.ACK, Switch.HELP, Switch.CUSTOMER)
FLAG_TICK, FLAG_CAMERA = 1, 2


class Box:
    """The box on a serial port; never waits, `poll` moves it on.

    Args:
        port: its serial port.
        clock: for resending and the beat.

    Raises:
        CuePortMissing: no such port; later, from `write` and `poll`, no answer.
    """

    abilities = Abilities(
        ("amber", "blue", "white"), levels=True, sound=True, acknowledges=True, buttons=True, watchdog=True
    )

    def __init__(self, port: str, clock: Clock) -> None:
        self._clock = clock
        self._port = SerialPort(port, BAUD)
        self._decoder = Decoder()
        self._shown = DARK
        self._camera = False
        self._seq = 0
        self._waiting: bytes | None = None
        self._sent_s = float("-inf")
        self._tries = 0
        self._stale = False
        self._edge_seq: int | None = None
        self._send()

    def write(self, shown: Shown) -> None:
        """Show `shown`: at once, or when the frame under way is answered; a state overtaken meanwhile is skipped."""
        if shown != self._shown:
            self._shown = shown
            self._change()

    def power_camera(self, *, on: bool) -> None:
        """Switch the camera's relay; the customer lamp hangs on the same wire. Only the camera's adapter calls this."""
        if on != self._camera:
            self._camera = on
            self._change()

    def _change(self) -> None:
        self._stale = True
        if self._waiting is None:
            self._send()

    def _send(self) -> None:
        flags = FLAG_TICK * self._shown.tick + FLAG_CAMERA * self._camera
        payload = bytes((round(self._shown.amber * 255), round(self._shown.blue * 255), flags))
        self._seq = (self._seq + 1) % 256
        self._waiting = encode(BoxFrame(self._seq, Command.STATE, payload))
        self._tries, self._stale = 0, False
        self._resend()

    def _resend(self) -> None:
        if self._waiting is None:
            return
        if self._tries == TRIES_MAX:
            raise CuePortMissing("cue.port: the box does not answer", "Check its cable and plug it in again.")
        self._tries += 1
        self._sent_s = self._clock.monotonic_s()
        self._port.write(self._waiting)

    def poll(self) -> tuple[Edge, ...]:
        """Take in answers and button edges, and send what is due."""
        edges: list[Edge] = []
        for frame in self._decoder.feed(self._port.read()):
            if frame.command == Command.ACK and frame.seq == self._seq:
                self._waiting = None
            elif frame.command == Command.EDGE:
                edges.extend(self._edge(frame))
        since_s = self._clock.monotonic_s() - self._sent_s
        if self._waiting is not None:
            if since_s >= ACK_S:
                self._resend()
        elif self._stale or since_s >= BEAT_S:
            self._send()
        return tuple(edges)

    def _edge(self, frame: BoxFrame) -> list[Edge]:
        """Answer an edge frame; the edge, unless it is a repetition or makes no sense."""
        self._port.write(encode(BoxFrame(frame.seq, Command.ACK, b"")))
        if frame.seq == self._edge_seq:
            return []
        self._edge_seq = frame.seq
        if len(frame.payload) != 2 or frame.payload[0] >= len(SWITCHES):
            return []
        return [Edge(SWITCHES[frame.payload[0]], bool(frame.payload[1]))]

    def close(self) -> None:
        """Dark, camera power off, port closed; the box shows fault three seconds later."""
        with suppress(CuePortMissing):
            self._shown, self._camera = DARK, False
            self._send()
        self._port.close()
