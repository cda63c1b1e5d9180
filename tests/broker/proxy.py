"""A TCP proxy that breaks what goes through it, as a bad line does."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import Self

CHUNK_BYTES = 65_536


class Proxy:
    """Stands between a client and 127.0.0.1:`port`; its own port is `.port`.

    Args:
        port: where it passes everything on to.
    """

    def __init__(self, port: int) -> None:
        self._target = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._left: int | None = None
        self._open = threading.Event()
        self._threads = [threading.Thread(target=self._accept)]

    def __enter__(self) -> Self:
        self._open.set()
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._open.set()
        self._threads[0].join()
        self._listener.close()
        self._break()
        for thread in self._threads[1:]:
            thread.join()
        for each in (end for pair in self._pairs for end in pair):
            each.close()

    def cut(self) -> None:
        """Break every connection now, and take no new one until `mend`."""
        self._open.clear()
        self._break()

    def cut_after(self, count: int) -> None:
        """Do the same once `count` more bytes came from the client, in the middle of whatever it says."""
        self._left = count

    def divert(self, port: int) -> None:
        """Break every connection and lead new ones to 127.0.0.1:`port`, as a load balancer does when a node is gone."""
        self.cut()
        self._target = port
        self.mend()

    def mend(self) -> None:
        """Let connections through again."""
        self._open.set()

    @property
    def is_cut(self) -> bool:
        """Whether nothing gets through."""
        return not self._open.is_set()

    def _break(self) -> None:
        for each in (end for pair in self._pairs for end in pair):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        while True:
            try:
                client = self._listener.accept()[0]
            except OSError:
                return
            self._open.wait()
            try:
                broker = socket.create_connection(("127.0.0.1", self._target))
            except ConnectionRefusedError:  # the node is dead and nobody has diverted us yet
                client.close()
                continue
            self._pairs.append((client, broker))
            for one, other in ((client, broker), (broker, client)):
                self._threads.append(threading.Thread(target=self._pump, args=(one, other, one is client)))
                self._threads[-1].start()

    def _pump(self, one: socket.socket, other: socket.socket, counted: bool) -> None:
        with contextlib.suppress(OSError):
            while data := one.recv(CHUNK_BYTES):
                if counted and self._left is not None and len(data) >= self._left:
                    other.sendall(data[: self._left])
                    self._left = None
                    self.cut()
                    return
                if counted and self._left is not None:
                    self._left -= len(data)
                other.sendall(data)
        for each in (one, other):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
