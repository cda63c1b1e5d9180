"""Times MediaPipe's FaceLandmarker over one clip; run by the peer's own Python, with nothing of Inkling: TASK CLIP."""

from __future__ import annotations

import json
import sys
import time

import cv2
import mediapipe
from mediapipe.tasks import python
from mediapipe.tasks.python import vision

WARM_UP_FRAMES = 30


def main(task: str, clip: str) -> None:
    """Print one JSON object: milliseconds of each call, and peak memory in MB."""
    cv2.setNumThreads(1)
    options = vision.FaceLandmarkerOptions(
        base_options=python.BaseOptions(model_asset_path=task),
        running_mode=vision.RunningMode.VIDEO,
        output_face_blendshapes=True,
    )
    spent_ms = []
    capture = cv2.VideoCapture(clip)
    with vision.FaceLandmarker.create_from_options(options) as landmarker:
        while True:
            good, bgr = capture.read()
            if not good:
                break
            image = mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB))
            at_ms = int(capture.get(cv2.CAP_PROP_POS_MSEC))
            begin_s = time.perf_counter()
            landmarker.detect_for_video(image, at_ms)
            spent_ms.append(1000.0 * (time.perf_counter() - begin_s))
    with open("/proc/self/status") as status:  # noqa: PTH123  # a script of the peer's, kept to what it needs
        peak_kb = next(int(line.split()[1]) for line in status if line.startswith("VmHWM:"))
    result = {"spent_ms": spent_ms[WARM_UP_FRAMES:], "peak_mb": peak_kb / 1024}
    json.dump(result, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
