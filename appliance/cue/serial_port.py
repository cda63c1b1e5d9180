"""The one file that talks to a serial port (pyserial); everything it cannot do is CuePortMissing."""

from __future__ import annotations

import serial

from appliance.errors import CuePortMissing

WRITE_S = 0.2
"""A write that takes longer means a port that is gone; the cue must not hold up the camera."""

READ_BYTES_MAX = 4096


class SerialPort:
    """An open port, 8N1, no flow control, held for this process alone.

    Args:
        path: such as /dev/ttyUSB0 or a link below /dev/serial/by-path.
        baud: bits a second.

    Raises:
        CuePortMissing: no such port, or it cannot be opened.
    """

    def __init__(self, path: str, baud: int) -> None:
        self._path = path
        try:
            self._port = serial.Serial(path, baud, timeout=0, write_timeout=WRITE_S, exclusive=True)
        except (serial.SerialException, OSError, ValueError) as error:
            raise self._missing(error) from error

    def _missing(self, error: Exception) -> CuePortMissing:
        return CuePortMissing(
            f"cue.port: {self._path!r} cannot be used ({error})",
            "Plug the light in, check the cable, and give its port; `ls /dev/serial/by-path` lists them.",
        )

    def write(self, data: bytes) -> None:
        """Send all of `data`.

        Raises:
            CuePortMissing: the port went away or takes nothing.
        """
        try:
            self._port.write(data)
        except (serial.SerialException, OSError) as error:
            raise self._missing(error) from error

    def read(self) -> bytes:
        """What has come in, 0..4096 bytes, at once.

        Raises:
            CuePortMissing: the port went away.
        """
        try:
            waiting = min(self._port.in_waiting, READ_BYTES_MAX)
            return bytes(self._port.read(waiting)) if waiting else b""
        except (serial.SerialException, OSError, TypeError) as error:
            raise self._missing(error) from error

    def close(self) -> None:
        """Let go of the port."""
        self._port.close()
