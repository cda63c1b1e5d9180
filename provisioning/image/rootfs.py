"""The system's root folder: packages unpacked, configured with the host's own programs, our files laid over it.

No arm64 program runs: under emulation the packages' own scripts take 17 minutes and an initramfs never ends. What
those scripts would have done is done here, which is enough for the stand-in and not for a product image.
"""

from __future__ import annotations

import re
import shutil
import stat
import subprocess
import tarfile
from collections.abc import Iterable
from pathlib import Path

from provisioning.tools import Refused, find, run

REPO = Path(__file__).resolve().parents[2]
DROPPED = (
    *("usr/share/man", "usr/share/locale", "usr/share/info", "usr/share/lintian", "usr/share/bash-completion"),
    *("usr/share/zoneinfo/right", "usr/share/python3/debpython", "usr/lib/python3.13/test", "boot"),
    *("usr/bin/apt", "usr/bin/apt-get", "usr/share/doc-base", "usr/lib/udev/hwdb.d", "usr/share/perl5"),
)
"""Nothing on the device reads these; each makes the slot and every update smaller."""
ENABLED = (
    *("inkling.target", "inkling-events.socket", "inkling-provision.service", "systemd-networkd.service"),
    *("systemd-resolved.service", "systemd-timesyncd.service"),
)
MASKED = (
    *("getty@.service", "serial-getty@.service", "console-getty.service", "rauc-mark-good.service", "ldconfig.service"),
    *("systemd-networkd-wait-online.service", "wpa_supplicant.service", "e2scrub_all.timer", "fstrim.timer"),
    *(
        "systemd-journal-catalog-update.service",
        "systemd-hwdb-update.service",
        "apt-daily.timer",
        "dpkg-db-backup.timer",
    ),
    *(
        "systemd-update-done.service",
        "systemd-binfmt.service",
        "proc-sys-fs-binfmt_misc.automount",
        "systemd-firstboot.service",
        "systemd-random-seed.service",
    ),
)
"""No login anywhere; and nothing that would write to the read-only root or mark a slot good before our own check."""
VENDOR_DROPPED = ("**/*WebGpu*", "**/tests", "**/testing", "bin")
"""ai-edge-litert's accelerator for graphics cards (17 MB), and test suites."""

GLIBC_MINOR = 41
"""Debian 13 has glibc 2.41; pip takes only the platform names it is told, so each older one is told too (PEP 600)."""


def unpack(packages: Iterable[Path], root: Path) -> None:
    """Unpack the .deb files into `root`, base-files first: it brings the /bin and /lib links the others need."""
    for path in sorted(packages, key=lambda path: not path.name.startswith("base-files")):
        with (
            subprocess.Popen([find("dpkg-deb"), "--fsys-tarfile", path], stdout=subprocess.PIPE) as archive,
            tarfile.open(fileobj=archive.stdout, mode="r|") as tar,
        ):
            tar.extractall(root, filter=_as_ours)  # noqa: S202  # of a locked hash, and unpacked by nobody but the builder
        if archive.returncode != 0:
            raise Refused(f"{path.name}: dpkg-deb could not unpack it", "Remove it from the cache and run again.")


def _as_ours(member: tarfile.TarInfo, _: str) -> tarfile.TarInfo:
    """Owned by whoever builds (the image makes all root's), and without setuid: nobody logs in, nothing needs it."""
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mode = (member.mode or 0) & 0o777 | stat.S_IWUSR
    return member


def configure(root: Path) -> None:
    """Do what the packages' scripts would have done, with the host's programs."""
    for name in ("passwd", "group"):
        shutil.copyfile(root / f"usr/share/base-passwd/{name}.master", root / f"etc/{name}")
    for name in ("shadow", "gshadow"):
        (root / "etc" / name).write_text("root:*:19000:0:99999:7:::\n" if name == "shadow" else "")
        (root / "etc" / name).chmod(0o600)
    users = root / "usr/lib/sysusers.d"
    for path in users.glob("*.conf"):  # systemd before 254 does not know "u!"
        path.write_text(re.sub(r"^u!", "u", path.read_text(), flags=re.MULTILINE))
    shutil.copy(REPO / "provisioning/overlay/usr/lib/sysusers.d/inkling.conf", users)
    run("systemd-sysusers", f"--root={root}")
    _link(root / "usr/bin/awk", "mawk")
    _link(root / "etc/resolv.conf", "../run/systemd/resolve/stub-resolv.conf")
    _link(root / "etc/localtime", "/usr/share/zoneinfo/Etc/UTC")
    _link(root / "etc/mtab", "../proc/self/mounts")
    (root / "etc/nsswitch.conf").write_text("passwd: files\ngroup: files\nshadow: files\nhosts: files dns\n")
    (root / "etc/hosts").write_text("127.0.0.1 localhost\n::1 localhost\n")
    (root / "etc/hostname").write_text("inkling\n")
    (root / "etc/machine-id").write_text("")
    for name in DROPPED:
        path = root / name
        shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink(missing_ok=True)
    for path in (root / "usr/share/doc").glob("*/*"):
        if path.name != "copyright":
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    run("ldconfig", "-r", root)


def _link(path: Path, target: str) -> None:
    path.unlink(missing_ok=True)
    path.symlink_to(target)


def overlay(root: Path, keyring: Path, version: str) -> None:
    """Lay our files over `root`: overlay tree, units, application, models, version; then enable and mask units."""
    shutil.copytree(REPO / "provisioning/overlay", root, dirs_exist_ok=True)
    for path in (REPO / "systemd").iterdir():
        shutil.copyfile(path, root / "usr/lib/systemd/system" / path.name)
    home = root / "usr/lib/inkling"
    skipped = shutil.ignore_patterns(
        "__pycache__", "image", "overlay", "lock", "vm", "box", "train*", "astronaut.png", "clips"
    )
    for name in ("appliance", "models", "provisioning"):
        shutil.copytree(REPO / name, home / name, ignore=skipped)
    shutil.copyfile(REPO / "provisioning/device/tryboot", home / "tryboot")
    (home / "tryboot").chmod(0o755)
    shutil.copyfile(keyring, root / "etc/rauc/keyring.pem")
    (home / "version").write_text(f"{version}\n")
    (root / "etc/os-release").unlink(missing_ok=True)
    (root / "etc/os-release").write_text(f'NAME="Inkling"\nID=inkling\nID_LIKE=debian\nVERSION_ID="{version}"\n')
    for name in ("persistent", "boot/config", "etc/inkling", "var/lib/inkling"):
        (root / name).mkdir(parents=True, exist_ok=True)
    run("systemctl", f"--root={root}", "set-default", "multi-user.target")
    run("systemctl", f"--root={root}", "enable", *ENABLED)
    run("systemctl", f"--root={root}", "mask", *MASKED)


def compile_python(root: Path) -> None:
    """Compile every module in `root` with the host's Python 3.13, if it has one: the processes then start sooner.

    The compiled files carry the hash of their source (PEP 552), so that they are the same in each build.
    """
    python = next(filter(_is_313, ["python3.13", *map(str, REPO.glob(".venv*/bin/python3.13"))]), None)
    if python is None:
        print("no python3.13 here: modules stay uncompiled, and the processes start more slowly")
        return
    folders = [str(root / name) for name in ("usr/lib/python3.13", "usr/lib/python3/dist-packages", "usr/lib/inkling")]
    mode = "--invalidation-mode=unchecked-hash"
    done = subprocess.run([python, "-m", "compileall", "-q", mode, "-s", str(root), "-p", "/", *folders], check=False)
    if done.returncode not in (0, 1):  # 1: a file that is not for this Python, such as a template
        raise Refused(f"{python} could not compile the modules", "Remove it from PATH, or repair it.")


def _is_313(python: str) -> bool:
    if shutil.which(python) is None:
        return False
    asked = subprocess.run(
        [python, "-c", "import sys; sys.exit(sys.version_info[:2] != (3, 13))"], capture_output=True, check=False
    )
    return asked.returncode == 0  # a version manager's shim is found and yet runs nothing


def vendor(wheels: Path, lock: Path, python: str, target: Path) -> None:
    """Install the wheels of `lock` for arm64 and Python 3.13 into `target`, each checked by its hash."""
    wheels.mkdir(parents=True, exist_ok=True)
    arm64 = ["--only-binary=:all:", "--python-version=3.13", "--implementation=cp", "--abi=cp313", "--abi=abi3"]
    arm64 += ["--abi=none", "--platform=manylinux2014_aarch64", "--platform=any"]
    arm64 += [f"--platform=manylinux_2_{minor}_aarch64" for minor in range(17, GLIBC_MINOR + 1)]
    pip = [python, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    hashed = ["--require-hashes", "--no-deps", "--ignore-requires-python", "-r", str(lock)]
    if not (wheels / ".whole").exists() or (wheels / ".whole").read_bytes() != lock.read_bytes():
        print("fetching the wheels for arm64", flush=True)
        run(*pip, "download", *arm64, *hashed, f"--dest={wheels}")
        (wheels / ".whole").write_bytes(lock.read_bytes())
    offline = ["--no-index", f"--find-links={wheels}", "--no-compile"]
    run(*pip, "install", *arm64, *hashed, *offline, f"--target={target}")
    for pattern in VENDOR_DROPPED:
        for path in sorted(target.glob(pattern), reverse=True):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
