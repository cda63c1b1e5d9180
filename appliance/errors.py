"""Every error Inkling raises on purpose, as one tree.

    InklingError
    ├── ConfigInvalid (ValueError)     a configuration key, type or bound
    ├── CameraMissing (OSError)        no such camera, or it cannot be opened
    ├── CameraStalled (OSError)        the camera stopped giving frames
    ├── ClipInvalid (ValueError)       a clip that is missing, not a video, or cut short
    ├── ModelMissing (OSError)         a model file that is not there
    ├── ModelMismatch (ValueError)     a model file whose hash, labels or shape differ
    ├── CuePortMissing (OSError)       the light's port is not there or went away
    ├── SiteRefused (ValueError)       a place or mode that the site's law rules out
    ├── RecordInvalid (ValueError)     a record between the processes outside its closed form
    ├── OutboxCorrupt (OSError)        the outbox file cannot be read or written
    ├── BrokerRefused (ConnectionError) the broker said no
    ├── PayloadInvalid (ValueError)    a message outside its schema or cap
    └── ToolMissing (OSError)          a program this command needs is not installed

Each is a fact (what, where, the bound) plus `advice`: one sentence an installer can act on.
"""

from __future__ import annotations


class InklingError(Exception):
    """A fact that stopped something, with advice; `str()` gives both on one line.

    Args:
        fact: what is wrong and where, with the bound, in one clause.
        advice: what the reader can do, in one sentence.
    """

    def __init__(self, fact: str, advice: str) -> None:
        super().__init__(f"{fact}. {advice}" if advice else fact)
        self.fact = fact
        self.advice = advice


class ConfigInvalid(InklingError, ValueError):
    """A configuration file, key, type or bound is wrong."""


class CameraMissing(InklingError, OSError):
    """The configured camera is not there or cannot be opened."""


class CameraStalled(InklingError, OSError):
    """The camera was open and stopped giving frames."""


class ClipInvalid(InklingError, ValueError):
    """A clip is missing, is not a video, or ends before its own index says."""


class ModelMissing(InklingError, OSError):
    """A model file is not where the configuration says."""


class ModelMismatch(InklingError, ValueError):
    """A model file differs from its recorded hash, labels or shape."""


class CuePortMissing(InklingError, OSError):
    """The light's port is not there or vanished."""


class SiteRefused(InklingError, ValueError):
    """The configured place or mode is ruled out by the law of the site."""


class RecordInvalid(InklingError, ValueError):
    """Bytes that are not a record of the closed form in `wire`."""


class OutboxCorrupt(InklingError, OSError):
    """The outbox cannot be read or written."""


class BrokerRefused(InklingError, ConnectionError):
    """The broker answered, and said no."""


class PayloadInvalid(InklingError, ValueError):
    """A message does not fit its schema or the byte cap."""


class ToolMissing(InklingError, OSError):
    """A program that this command needs is not installed."""
