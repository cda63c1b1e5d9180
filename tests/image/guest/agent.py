"""Runs in the guest, brought in by QEMU, never in an image: carries out the tests' commands and says how it ended."""

import json
import os
import signal
import subprocess
import sys

PORT = "/dev/virtio-ports/inkling.agent"


def say(port, answer):
    os.write(port, json.dumps(answer).encode() + b"\n")


def main():
    port = os.open(PORT, os.O_RDWR)

    def ending(*_):
        try:
            with open("/run/systemd/reboot-param") as file:
                parameter = file.read()
        except OSError:
            parameter = ""
        say(port, {"ending": parameter})
        sys.exit(0)

    signal.signal(signal.SIGTERM, ending)
    say(port, {"ready": True})
    buffer = b""
    while True:
        data = os.read(port, 65536)
        buffer += data
        while b"\n" in buffer:
            line, buffer = buffer.split(b"\n", 1)
            command = json.loads(line)
            try:
                done = subprocess.run(
                    ["/bin/sh", "-c", command["run"]],
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    timeout=command["timeout_s"],
                )
                say(port, {"rc": done.returncode, "out": done.stdout.decode(errors="replace")})
            except subprocess.TimeoutExpired as error:
                say(port, {"rc": 124, "out": (error.stdout or b"").decode(errors="replace")})


main()
