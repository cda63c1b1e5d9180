"""Every topic Inkling speaks on: built and parsed here and nowhere else (design page mqtt.md).

Fixed depth per kind, lower case, versioned; a configurable name never stands in an id.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

ROOT = "inkling/v1"
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")


@dataclass(frozen=True, slots=True)
class Command:
    """What a command topic asks: its name and the sender's transaction id."""

    name: str
    txn: str


@dataclass(frozen=True, slots=True)
class Topics:
    """The topics of one device.

    Args:
        site: the shop's id.
        device: the device's id.
    """

    site: str
    device: str

    @property
    def base(self) -> str:
        """The prefix of all of them, without a closing slash."""
        return f"{ROOT}/{self.site}/{self.device}"

    @property
    def status(self) -> str:
        """Retained availability, also the will's topic."""
        return f"{self.base}/status"

    @property
    def about(self) -> str:
        """Retained self-description."""
        return f"{self.base}/about"

    @property
    def config(self) -> str:
        """Retained hash of the configuration."""
        return f"{self.base}/config"

    @property
    def health(self) -> str:
        """Present values, every minute."""
        return f"{self.base}/health"

    @property
    def fault(self) -> str:
        """A fault began or ended."""
        return f"{self.base}/fault"

    @property
    def discovery(self) -> str:
        """Home Assistant's device discovery; its documentation fixes the prefix and the last segment."""
        return f"homeassistant/device/{self.device}/config"

    @property
    def commands(self) -> str:
        """The filter that matches every command to this device."""
        return f"{self.base}/cmd/+/+"

    def event(self, touchpoint: str) -> str:
        """Single events of one touchpoint."""
        return f"{self.base}/event/{touchpoint}"

    def window(self, touchpoint: str) -> str:
        """Counts of one touchpoint."""
        return f"{self.base}/window/{touchpoint}"

    def answer(self, command: Command) -> str:
        """Where the answer to `command` goes."""
        return f"{self.base}/res/{command.name}/{command.txn}"

    def command(self, topic: str) -> Command | None:
        """The command that `topic` asks for, or None when it is not a command topic of this device."""
        prefix = f"{self.base}/cmd/"
        parts = topic.removeprefix(prefix).split("/")
        if not topic.startswith(prefix) or len(parts) != 2 or not all(_ID.fullmatch(part) for part in parts):
            return None
        return Command(*parts)
