"""Hands stored messages to the broker and gives a row up only when the broker has taken it."""

from __future__ import annotations

import sqlite3
from collections import deque
from collections.abc import Callable

from appliance.errors import PayloadInvalid
from appliance.publish import faults as codes
from appliance.publish.faults import Faults
from appliance.publish.inlet import Pace
from appliance.publish.lane import Lane
from appliance.publish.link import Code, Link, Outgoing
from appliance.publish.outbox import DEVICE, Message, Outbox

INFLIGHT_MAX = 16
"""Below 20, mosquitto's max_inflight_messages, which it tells as the Receive Maximum of MQTT 5."""
BURST = 20
"""Messages sent at once after a silence."""
OVERLAP_S = 5.0
"""What the broker took this long before the connection broke goes out again, with the same id: a broker that crashes
forgets what it had answered for and not passed on (measured without this: 3 of 4,000 events lost, kill matrix)."""
REPLAY_MAX = 10_000
"""Messages one replay command may ask for; two minutes at the usual rate."""
FAULT_OF = {Code.NO_SUBSCRIBER: codes.NO_SUBSCRIBER, Code.NOT_AUTHORISED: codes.NOT_AUTHORISED}
REFUSED = (codes.NO_SUBSCRIBER, codes.NOT_AUTHORISED, codes.EVENT_REFUSED)


class Sender:
    """Everything between the outbox and one connection.

    Args:
        outbox: where messages wait.
        pack: a stored message as it goes out; True marks it late.
        faults: told of refusals.
        per_s: messages a second at most.
        refused_retry_s: wait after a refusal, seconds.
    """

    def __init__(
        self,
        outbox: Outbox,
        pack: Callable[[Message, bool], Outgoing],
        faults: Faults,
        per_s: float,
        refused_retry_s: float,
    ) -> None:
        self._outbox = outbox
        self._pack = pack
        self._faults = faults
        self._pace = Pace(per_s, BURST)
        self._refused_retry_s = refused_retry_s
        self._lanes: dict[tuple[str, str], Lane] = {}
        self._under_way: dict[int, tuple[Lane, int] | None] = {}
        self._taken: list[int] = []
        self._again: deque[Message] = deque()
        self._recent: deque[tuple[float, int]] = deque()
        self.sent = 0

    def connected(self) -> None:
        """Begin on a new connection: everything not taken goes out again, in order."""
        self._under_way.clear()
        self._lanes.clear()
        self.wake()

    def begin(self, utc_s: float) -> None:
        """After a restart: what was taken in the last moments goes out again, as after a broken connection."""
        self._again_waiting(self._outbox.taken_since(utc_s - OVERLAP_S))

    def broken(self, now_s: float, silence_s: float) -> None:
        """The connection broke, at most `silence_s` before `now_s`.

        Raises:
            sqlite3.OperationalError: the disk is full; then nothing goes out twice.
        """
        if self._recent and now_s - self._recent[-1][0] <= silence_s + OVERLAP_S:
            self._again_waiting([seq for _, seq in self._recent])
        self._recent.clear()

    def _again_waiting(self, seqs: list[int]) -> None:
        with self._outbox.transaction():
            self._outbox.not_taken(seqs)

    def wake(self) -> None:
        """There may be new messages in the outbox."""
        for topic in self._outbox.topics():
            self._lanes.setdefault(topic, Lane(self._refused_retry_s)).wake()

    def step(self, now_s: float, link: Link) -> None:
        """Hand over what the rate, the room and earlier refusals allow at `now_s` (monotonic seconds)."""
        for (kind, touchpoint), lane in self._lanes.items():
            free = min(INFLIGHT_MAX - len(self._under_way), self._pace.allowed(now_s))
            room = lane.room(now_s, free)
            if room <= 0:
                continue
            messages = self._outbox.waiting(kind, touchpoint, lane.after, room)
            for message in messages:
                self._hand_over(link, lane, message)
            lane.sent([message.seq for message in messages], room)
        while self._again and len(self._under_way) < INFLIGHT_MAX and self._pace.allowed(now_s):
            self._hand_over(link, None, self._again.popleft())

    def _hand_over(self, link: Link, lane: Lane | None, message: Message) -> None:
        try:
            mid = link.publish(self._pack(message, lane is None))
        except PayloadInvalid:
            self._taken.append(message.seq)  # no later release could send it either; the gap in seq tells
            self._faults.began(codes.EVENT_REFUSED, message.ready_s)
            self._outbox.count(DEVICE, "dropped")
            return
        self._pace.spend(1)
        self._under_way[mid] = None if lane is None else (lane, message.seq)

    def answered(self, mid: int, code: int, now_s: float) -> None:
        """The broker answered message `mid`."""
        found = self._under_way.pop(mid, None)
        if found is None:
            return  # a birth message or a replayed one
        lane, seq = found
        if code == Code.SUCCESS:
            lane.taken(seq)
            self._taken.append(seq)
            self.sent += 1
            self._recent.append((now_s, seq))
            while self._recent[0][0] < now_s - OVERLAP_S:
                self._recent.popleft()
            for fault in REFUSED:
                self._faults.ended(fault)
        else:
            lane.refused(seq, now_s)
            self._faults.began(FAULT_OF.get(Code(code) if code in FAULT_OF else Code.UNSPECIFIED, REFUSED[2]), now_s)

    def settle(self, utc_s: float) -> None:
        """Write down what was taken.

        Raises:
            sqlite3.OperationalError: it will be tried again; at worst those messages go out twice, with the same id.
        """
        if not self._taken:
            return
        with self._outbox.transaction():
            self._outbox.taken(self._taken, utc_s)
        self._taken.clear()

    def replay(self, boot: int, first: int, last: int) -> int | None:
        """Line stored messages up to be sent again; how many, or None while an earlier replay goes on."""
        if self._again:
            return None
        try:
            self._again.extend(self._outbox.stored(boot, first, last, REPLAY_MAX))
        except sqlite3.OperationalError:
            return None
        return len(self._again)
