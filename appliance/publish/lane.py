"""The sending order of one topic, pure: what is next, what is under way, and when to try again after a refusal.

Each topic has its own lane, so a topic nobody listens to never holds up another.
"""

from __future__ import annotations


class Lane:
    """One topic's messages on one connection.

    Args:
        refused_retry_s: wait after the broker did not take a message, seconds.
    """

    def __init__(self, refused_retry_s: float) -> None:
        self._refused_retry_s = refused_retry_s
        self._under_way: set[int] = set()
        self._resume_s = 0.0
        self._probing = False
        self._idle = False
        self.after = 0
        """The highest seq that was handed over."""

    def wake(self) -> None:
        """There may be new messages."""
        self._idle = False

    def room(self, now_s: float, free: int) -> int:
        """How many messages may be handed over at `now_s` when `free` may be in all.

        After a refusal one message alone goes first: with more under way, one taken out of order could overtake it.
        """
        if self._idle or now_s < self._resume_s:
            return 0
        if self._probing:
            return min(free, 1 - len(self._under_way))
        return free

    def sent(self, seqs: list[int], asked: int) -> None:
        """`seqs` were handed over after asking the outbox for `asked`; fewer than that means no more wait."""
        self._under_way |= set(seqs)
        self.after = max([self.after, *seqs])
        self._idle = len(seqs) < asked

    def taken(self, seq: int) -> None:
        """The broker took `seq`."""
        self._under_way.discard(seq)
        if self.after == seq:  # it was the last one handed over: the probe itself, not one sent before the refusal
            self._probing = False

    def refused(self, seq: int, now_s: float) -> None:
        """The broker did not take `seq`: begin with it again after the wait."""
        self._under_way.discard(seq)
        self.after = min(self.after, seq - 1)
        self._resume_s = now_s + self._refused_retry_s
        self._probing = True
        self._idle = False
