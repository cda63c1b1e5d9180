"""Tries, from inside a service's sandbox, everything the service must not be able to do; prints one JSON line.

Run by the guest's Python in a copy of the real unit. Each entry is the name of the errno that refused it, or "ALLOWED".
"""

import ctypes
import errno
import json
import mmap
import os
import socket
import sys


def attempt(action):
    try:
        action()
    except OSError as error:
        return errno.errorcode.get(error.errno, type(error).__name__)
    except Exception as error:
        return type(error).__name__
    return "ALLOWED"


def write(path):
    def action():
        handle = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            os.write(handle, b"picture")
        finally:
            os.close(handle)

    return action


def append(path):
    def action():
        handle = os.open(path, os.O_WRONLY | os.O_APPEND)
        try:
            os.write(handle, b"picture")
        finally:
            os.close(handle)

    return action


def memfd():
    handle = os.memfd_create("picture")
    os.write(handle, b"picture")


def memfd_grow():
    os.ftruncate(os.memfd_create("picture"), 4096)


def message_queue():
    library = ctypes.CDLL(None, use_errno=True)
    if library.mq_open(b"/picture", os.O_CREAT | os.O_RDWR, 0o600, None) < 0:
        raise OSError(ctypes.get_errno(), "mq_open")


def executable_memory():
    mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)


def opened(path, flags=os.O_RDWR):
    return lambda: os.close(os.open(path, flags | os.O_NONBLOCK))


def connected(host, port, kind=socket.SOCK_STREAM):
    def action():
        with socket.socket(socket.AF_INET, kind) as sock:
            sock.settimeout(5)
            sock.connect((host, port))
            if kind == socket.SOCK_DGRAM:
                sock.send(b"picture")

    return action


def family(number, kind=socket.SOCK_DGRAM):
    return lambda: socket.socket(number, kind).close()


def main(options):
    found = {}
    for name in ("AF_INET", "AF_INET6", "AF_NETLINK", "AF_PACKET", "AF_VSOCK", "AF_BLUETOOTH", "AF_ALG"):
        number = getattr(socket, name, {"AF_BLUETOOTH": 31}.get(name))
        kind = (
            socket.SOCK_SEQPACKET if name == "AF_ALG" else socket.SOCK_RAW if name == "AF_PACKET" else socket.SOCK_DGRAM
        )
        found[f"socket {name}"] = attempt(family(number, kind))
    for folder in options["folders"]:
        found[f"write {folder}"] = attempt(write(f"{folder}/picture"))
    for path in options["files"]:
        found[f"append {path}"] = attempt(append(path))
    for path in options["devices"]:
        found[f"open {path}"] = attempt(opened(path))
    for path in options["unreadable"]:
        found[f"read {path}"] = attempt(opened(path, os.O_RDONLY))
    for host, port, kind in options["addresses"]:
        found[f"{kind} {host}:{port}"] = attempt(connected(host, port, getattr(socket, kind)))
    found["memfd write"] = attempt(memfd)
    found["memfd grow"] = attempt(memfd_grow)
    found["message queue"] = attempt(message_queue)
    found["writable code"] = attempt(executable_memory)
    found["video nodes"] = sorted(name for name in os.listdir("/dev") if name.startswith(("video", "media")))
    found["interfaces"] = sorted(name for _, name in socket.if_nameindex()) if options["interfaces"] else []
    print(json.dumps(found), flush=True)


main(json.loads(sys.argv[1]))
