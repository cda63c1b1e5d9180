"""Sets one GPIO line by the kernel's character device (linux/gpio.h, v2) and holds it; run in sense's sandbox."""

import fcntl
import os
import struct
import sys
import time

GET_LINE = 0xC250B407
"""_IOWR(0xB4, 0x07, struct gpio_v2_line_request), which has 592 bytes."""
OUTPUT = 1 << 3
SET_VALUES = 0xC010B40F


def main(line, level, hold_s):
    chip = os.open("/dev/gpiochip0", os.O_RDWR | os.O_CLOEXEC)
    config = struct.pack("<QI20x240x", OUTPUT, 0)
    request = struct.pack("<I252x32s", line, b"inkling-test") + config + struct.pack("<II20xi", 1, 0, 0)
    answer = fcntl.ioctl(chip, GET_LINE, request)
    (handle,) = struct.unpack_from("<i", answer, len(answer) - 4)
    fcntl.ioctl(handle, SET_VALUES, struct.pack("<QQ", level, 1))
    print("held", flush=True)
    time.sleep(hold_s)


main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
