"""The chain: a frame in, what was seen out. Nothing here waits, writes or remembers a picture beyond its crop."""

from __future__ import annotations

from dataclasses import dataclass, replace

from appliance.events import Expression, NoReading, Seen
from appliance.sense.align import Aligner
from appliance.sense.classify import Classifier
from appliance.sense.face import FaceFinder
from appliance.sense.fields import Fields
from appliance.sense.follow import Followed, Follower
from appliance.sense.frame import U8, Aligned, Frame, Landmarks
from appliance.sense.history import Sample
from appliance.sense.landmark import Tracker
from appliance.sense.motion import Motion, MotionMeter
from appliance.sense.nets import FACE_FINDER, FACE_LANDMARK, models_folder, open_locked
from appliance.sense.readable import BlinkWatch, SpeechWatch, TurnWatch, nose, not_readable, too_dark
from appliance.sense.regions import pool
from appliance.sense.spot import GAP_MAX_S, REMEMBERED_S, Spotter
from appliance.sense.steady import Steady
from appliance.settings import Settings

RESIDUAL_MAX = 0.02
"""Stable skin that moved this much beyond the head's motion, in eye distances, means it was not found."""

UNEXPLAINED_S = 0.3
"""After this long the head has not swayed but taken another pose, and a new reference frame is taken."""


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A crop whose motion is to be measured, and what the landmarks said when it was cut; lit: `MotionMeter.lit`."""

    aligned: Aligned
    blink: bool
    talking: bool
    turning: bool
    nose: tuple[float, float]
    lit: U8 | None = None


class Chain:
    """Finding, landmarks, alignment, motion, spotting and classification, one frame at a time.

    Args:
        settings: the device's settings; [model], [spotting] and [view] are read.

    follower, aligner, meter, spotter and classifier are the stages; the bench times them.

    Raises:
        ModelMissing, ModelMismatch: a model file is not there or not the recorded one.
    """

    def __init__(self, settings: Settings) -> None:
        folder = models_folder(settings.model.folder)
        finder = FaceFinder(open_locked(folder, FACE_FINDER))
        self.follower = Follower(finder, Tracker(open_locked(folder, FACE_LANDMARK)))
        self.classifier = Classifier(folder, settings.model.p_min, settings.model.accelerator)
        self.spotter = Spotter(settings.spotting.gate_sigma)
        self.aligner = Aligner()
        self.meter = MotionMeter()
        self._steady = Steady()
        self._fields = Fields(REMEMBERED_S)
        self._view = settings.view
        self._explained_s = 0.0
        self._waiting: _Prepared | None = None
        self._reason: NoReading | None = None
        self._forget()

    def step(self, frame: Frame) -> Seen:
        """What `frame` shows, and what of earlier ones was left to this one; frames come in order of time."""
        followed = self.follower.step(frame)
        landmarks = followed.landmarks
        reason = (
            followed.reason if landmarks is None else not_readable(landmarks, self._view.far_px, self._view.near_px)
        )
        if landmarks is None or reason is not None:
            self._forget()
            return Seen(frame.at_s, landmarks is not None, reason, ())
        return self._read(frame, landmarks, followed)

    def _read(self, frame: Frame, landmarks: Landmarks, followed: Followed) -> Seen:
        expressions = self._catch_up(frame.at_s)
        first = False
        if followed.fresh or not self.aligner.locked:
            if frame.at_s - self._explained_s > UNEXPLAINED_S:
                self.aligner.reset()
            first = self.aligner.lock(landmarks)
            self._blink = self._blinks.step(landmarks, frame.at_s)
            self._talking = self._speech.step(landmarks, frame.at_s)
            self._turning = self._turns.step(landmarks, frame.at_s, self._head)
            self._nose = nose(landmarks)
        aligned = self._steady.step(self.aligner.cut(frame.image, frame.at_s, landmarks))
        if too_dark(aligned.gray):
            self._forget()
            return Seen(frame.at_s, face=True, no_reading=NoReading.TOO_DARK, expressions=expressions)
        if first:
            self.meter.refer_to(aligned)
            self._fields.rebase()
            self.spotter.refer()
            self._explained_s = frame.at_s
        prepared = _Prepared(aligned, self._blink, self._talking, self._turning, self._nose)
        if followed.fresh and not first:  # the flow waits for a frame without the landmark net (decision 0037)
            kept = replace(aligned, gray=aligned.gray.copy())  # the next frame is added to this mean in place
            self._waiting = replace(prepared, aligned=kept, lit=self.meter.lit(kept))
        else:
            expressions += self._spot(prepared, self.meter.measure(aligned))
        return Seen(frame.at_s, face=True, no_reading=self._reason, expressions=expressions)

    def _catch_up(self, now_s: float) -> tuple[Expression, ...]:
        """Measure and read the crop that waits, if one does; after a pause nothing from before it is told."""
        waiting, self._waiting = self._waiting, None
        if waiting is None or now_s - waiting.aligned.at_s > GAP_MAX_S:
            return ()
        return self._spot(waiting, self.meter.measure(waiting.aligned, waiting.lit))

    def _spot(self, prepared: _Prepared, motion: Motion) -> tuple[Expression, ...]:
        """The expressions that are complete with this `motion`."""
        moving, self._head = self._is_moving(motion), motion.head
        regions = pool(self._fields.add(motion.at_s, motion.field)) + motion.places
        spotted = self.spotter.step(
            Sample(
                motion.at_s,
                regions,
                prepared.blink,
                prepared.talking,
                moving,
                prepared.turning,
                motion.crossed,
                motion.faint,
                prepared.nose,
                motion.head,
            )
        )
        self._reason = self._why_not(moving or prepared.turning, prepared.talking)
        found = [self.classifier.classify(each, self._fields) for each in spotted]
        return tuple(each for each in found if each is not None)

    def _is_moving(self, motion: Motion) -> bool:
        """True while the head's motion is not found."""
        if motion.residual <= RESIDUAL_MAX:
            self._explained_s = motion.at_s
        return motion.residual > RESIDUAL_MAX

    def _why_not(self, moving: bool, talking: bool) -> NoReading | None:
        if not self.spotter.settled:
            return NoReading.SETTLING
        if moving:
            return NoReading.MOVING
        if talking:
            return NoReading.TALKING
        return NoReading.TOO_SLOW if self.spotter.too_slow else None

    def _forget(self) -> None:
        self.aligner.reset()
        self.spotter.reset()
        self._fields.clear()
        self._blinks, self._speech, self._turns = BlinkWatch(), SpeechWatch(), TurnWatch()
        self._blink = self._talking = self._turning = False
        self._nose, self._head = (0.0, 0.0), 0.0
        self._waiting = None
        self._reason = NoReading.SETTLING
        self._explained_s = 0.0
