"""Debian's packages for the image: pinned by sha256 in debian.lock, fetched from the host's own mirror, checked.

`python -m provisioning.image.debian` writes the lock again: apt resolves the names in packages.txt for arm64
and checks Debian's signature on the way.
"""

from __future__ import annotations

import hashlib
import os
import re
import sys
import tempfile
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from provisioning.tools import Refused, command_line, run

HERE = Path(__file__).resolve().parent
LOCK = HERE / "debian.lock"
SUITE = "trixie"
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
CONNECTIONS = 4
"""Packages are small and many; four at a time keep a line busy without burdening a mirror."""
TIMEOUT_S = 60


@dataclass(frozen=True, slots=True)
class Package:
    """One line of the lock: sha256 in hex, size in bytes, path below the mirror."""

    sha256: str
    size: int
    path: str

    @property
    def file(self) -> str:
        """Name of the .deb."""
        return urllib.parse.unquote(self.path.rsplit("/", 1)[-1])


def read_lock(lock: Path = LOCK) -> list[Package]:
    """The packages of `lock`, in its order."""
    lines = [line.split() for line in lock.read_text().splitlines() if line and not line.startswith("#")]
    return [Package(sha256, int(size), path) for sha256, size, path in lines]


def mirror() -> str:
    """MIRROR from the environment, or the Debian mirror this host's apt is set to.

    Raises:
        Refused: neither is there.
    """
    if given := os.environ.get("MIRROR"):
        return given.rstrip("/")
    listed = run("apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages", "Origin: Debian")
    found = [line.rstrip("/") for line in listed.splitlines() if line.rstrip("/").endswith("/debian")]
    if not found:
        raise Refused(
            "apt on this host names no Debian mirror", "Give one: make image MIRROR=http://your.mirror/debian"
        )
    return found[0]


def fetch(packages: Sequence[Package], folder: Path) -> list[Path]:
    """The .deb files in `folder`, each checked by hash, in the order given; what is there already is not fetched.

    Raises:
        Refused: the mirror does not have one, or gives other bytes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    missing = [each for each in packages if not _is_whole(folder / each.file, each)]
    if missing:
        source = mirror()
        megabytes = sum(each.size for each in missing) / 1e6
        print(f"fetching {len(missing)} packages, {megabytes:.0f} MB, from {source}", flush=True)
        with ThreadPoolExecutor(CONNECTIONS) as pool:
            list(pool.map(lambda each: _fetch_one(source, each, folder), missing))
    return [folder / each.file for each in packages]


def _fetch_one(source: str, package: Package, folder: Path) -> None:
    try:
        with urllib.request.urlopen(f"{source}/{package.path}", timeout=TIMEOUT_S) as answer:  # noqa: S310  # as apt
            content = answer.read(package.size + 1)
    except (urllib.error.URLError, OSError) as error:
        raise Refused(
            f"{package.file}: {source} answered {error}",
            "The mirror has moved on to newer packages or is out of reach; `make image-lock` writes the lock again.",
        ) from error
    found = hashlib.sha256(content).hexdigest()
    if found != package.sha256:
        raise Refused(f"{package.file}: sha256 {found[:12]} is not {package.sha256[:12]}", "Do not use this mirror.")
    partial = folder / f".{package.file}.part"
    partial.write_bytes(content)
    partial.replace(folder / package.file)


def _is_whole(path: Path, package: Package) -> bool:
    return (
        path.exists()
        and path.stat().st_size == package.size
        and hashlib.sha256(path.read_bytes()).hexdigest() == package.sha256
    )


def resolve(names: Sequence[str], folder: Path) -> list[Package]:
    """What apt would install for `names` on an empty arm64 system of `SUITE`, with Debian's signature checked."""
    for each in ("lists/partial", "cache/archives/partial", "etc/preferences.d", "etc/apt.conf.d"):
        (folder / each).mkdir(parents=True)
    (folder / "status").touch()
    (folder / "etc/sources.list").write_text(f"deb [signed-by={KEYRING}] {mirror()} {SUITE} main\n")
    settings = {
        "Dir::State": folder,
        "Dir::State::Lists": folder / "lists",
        "Dir::State::status": folder / "status",
        "Dir::Cache": folder / "cache",
        "Dir::Etc": folder / "etc",
        "Dir::Etc::SourceParts": "-",
        "APT::Architecture": "arm64",
        "APT::Install-Recommends": "false",
        "Acquire::Languages": "none",
        "Acquire::ForceHash": "SHA256",
    }
    configuration = folder / "apt.conf"
    configuration.write_text(
        "".join(f'{key} "{value}";\n' for key, value in settings.items()) + 'APT::Architectures { "arm64"; };\n'
    )
    env = {"APT_CONFIG": str(configuration)}
    run("apt-get", "update", env=env)
    planned = run("apt-get", "install", "--simulate", "--yes", *names, env=env)
    wanted = [f"{name}={version}" for name, version in re.findall(r"^Inst (\S+) \((\S+) ", planned, re.MULTILINE)]
    return [_record(block) for block in run("apt-cache", "show", *wanted, env=env).split("\n\n") if block.strip()]


def _record(block: str) -> Package:
    fields = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line and not line.startswith(" "))
    return Package(fields["SHA256"], int(fields["Size"]), fields["Filename"])


def main(_: Sequence[str]) -> int:
    """Write debian.lock from packages.txt; 0."""
    names = [line.split("#")[0].strip() for line in (HERE / "packages.txt").read_text().splitlines()]
    with tempfile.TemporaryDirectory(prefix="inkling-lock-") as folder:
        packages = resolve([name for name in names if name], Path(folder))
    head = f"# Debian {SUITE} arm64 for packages.txt, by `make image-lock`: sha256, bytes, path below the mirror.\n"
    LOCK.write_text(head + "".join(f"{each.sha256} {each.size} {each.path}\n" for each in packages))
    print(f"{LOCK.name}: {len(packages)} packages, {sum(each.size for each in packages) / 1e6:.0f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(command_line(main))
