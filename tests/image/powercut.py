"""A card that loses power: what the guest has not flushed is lost, in any mixture, as on a real card.

A network block device (NBD protocol, doc/proto.md, fixed newstyle) over a Unix socket. Writes stay in memory until
the guest flushes; at a cut, each unflushed block of 4 KiB is kept or lost by the toss of a seeded coin, so that later
writes may survive earlier ones.
"""

from __future__ import annotations

import random
import socket
import struct
import threading
from pathlib import Path
from typing import BinaryIO

BLOCK = 4096
MAGIC, OPTION, REPLY = b"NBDMAGIC", b"IHAVEOPT", 0x3E889045565A9
REQUEST, SIMPLE = 0x25609513, 0x67446698
GO, ABORT = 7, 2
ACK, INFO, UNSUPPORTED = 1, 3, 2**31 + 1
FLAGS = 0b1101
"""HAS_FLAGS, SEND_FLUSH, SEND_FUA."""
READ, WRITE, DISCONNECT, FLUSH = 0, 1, 2, 3
FUA = 1


class FragileCard:
    """Serves the raw image `card` at `socket_path` until `cut` or `close`.

    Args:
        card: the raw image; its size is a multiple of 4 KiB.
        socket_path: where QEMU connects.
        seed: of the coin.
    """

    def __init__(self, card: Path, socket_path: Path, seed: int) -> None:
        self._file: BinaryIO = card.open("r+b", buffering=0)
        self._size = card.stat().st_size
        self._pending: dict[int, bytearray] = {}
        self._lock = threading.Lock()
        self._coin = random.Random(seed)
        self._dead = False
        self.flushes = 0
        self.address = f"nbd+unix:///?socket={socket_path}"
        socket_path.unlink(missing_ok=True)
        self._server = socket.socket(socket.AF_UNIX)
        self._server.bind(str(socket_path))
        self._server.listen(4)
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> tuple[int, int]:
        """The power goes: (blocks kept, blocks lost) of those not flushed. Nothing is written any more."""
        with self._lock:
            self._dead = True
            kept = [block for block in sorted(self._pending) if self._coin.random() < 0.5]
            lost = len(self._pending) - len(kept)
            self._store(kept)
        self._end()
        return len(kept), lost

    def close(self) -> None:
        """An orderly end: everything is kept."""
        with self._lock:
            self._dead = True
            self._store(sorted(self._pending))
        self._end()

    def _end(self) -> None:
        self._server.close()
        self._file.close()

    def _store(self, blocks: list[int]) -> None:
        for block in blocks:
            self._file.seek(block * BLOCK)
            self._file.write(self._pending[block])
        for block in blocks:
            del self._pending[block]

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._server.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            with connection, connection.makefile("rb") as source:
                if self._greet(connection, source):
                    while self._answer(connection, source):
                        pass
        except (OSError, ValueError, struct.error):
            return  # QEMU was killed: that is the test

    def _greet(self, connection: socket.socket, source: BinaryIO) -> bool:
        connection.sendall(MAGIC + OPTION + struct.pack(">H", 0b11))
        source.read(4)
        while True:
            _, option, length = struct.unpack(">8sII", source.read(16))
            source.read(length)
            if option == GO:
                info = struct.pack(">HQH", 0, self._size, FLAGS)
                connection.sendall(struct.pack(">QIII", REPLY, option, INFO, len(info)) + info)
                connection.sendall(struct.pack(">QIII", REPLY, option, ACK, 0))
                return True
            kind = ACK if option == ABORT else UNSUPPORTED
            connection.sendall(struct.pack(">QIII", REPLY, option, kind, 0))
            if option == ABORT:
                return False

    def _answer(self, connection: socket.socket, source: BinaryIO) -> bool:
        _, flags, kind, handle, offset, length = struct.unpack(">IHHQQI", source.read(28))
        data = b""
        with self._lock:
            if self._dead or kind == DISCONNECT:
                return False
            if kind == READ:
                data = self._read(offset, length)
            elif kind == WRITE:
                self._write(offset, source.read(length))
            if kind == FLUSH or flags & FUA:
                self._store(sorted(self._pending))
                self.flushes += 1
        connection.sendall(struct.pack(">IIQ", SIMPLE, 0, handle) + data)
        return True

    def _read(self, offset: int, length: int) -> bytes:
        self._file.seek(offset)
        data = bytearray(self._file.read(length))
        for block in range(offset // BLOCK, (offset + length - 1) // BLOCK + 1):
            if block in self._pending:
                start, end = max(offset, block * BLOCK), min(offset + length, (block + 1) * BLOCK)
                data[start - offset : end - offset] = self._pending[block][start - block * BLOCK : end - block * BLOCK]
        return bytes(data)

    def _write(self, offset: int, data: bytes) -> None:
        end = offset + len(data)
        for block in range(offset // BLOCK, (end - 1) // BLOCK + 1):
            start, stop = max(offset, block * BLOCK), min(end, (block + 1) * BLOCK)
            if block not in self._pending:
                self._file.seek(block * BLOCK)
                whole = stop - start == BLOCK
                self._pending[block] = bytearray(BLOCK) if whole else bytearray(self._file.read(BLOCK))
            self._pending[block][start - block * BLOCK : stop - block * BLOCK] = data[start - offset : stop - offset]
