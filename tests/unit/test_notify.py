"""Telling systemd how we are."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from appliance.notify import notify


@pytest.mark.parametrize("abstract", [False, True])
def test_the_state_reaches_systemds_socket(abstract: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """READY=1 arrives as one datagram on the named socket, in the file system or the abstract space."""
    name = f"@inkling-{tmp_path.name}" if abstract else str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(name.replace("@", "\0", 1) if abstract else name)
        monkeypatch.setenv("NOTIFY_SOCKET", name)
        assert notify("READY=1")
        assert b"READY=1" == listener.recv(64)


def test_without_systemd_nothing_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that systemd did not start tells nobody, and says so."""
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    assert not notify("READY=1")
