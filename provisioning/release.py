"""`make release`: what an installer downloads, in .cache/release: image, update, parts list, hashes, signature."""

from __future__ import annotations

import argparse
import hashlib
import json
import lzma
import re
import shutil
import sys
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from appliance.sense.lock import PACKAGED_FOLDER, read_lock
from provisioning.bundle import signer
from provisioning.image import debian
from provisioning.image.build import DEFAULT_FOLDER
from provisioning.image.disk import BUILD_EPOCH
from provisioning.image.layout import MIB
from provisioning.tools import command_line, run

TARGET = Path(".cache/release")
WHEELS = Path(__file__).resolve().parent / "image/wheels.lock"
XZ_PRESET = 1
"""A sixth of the time of the default for a twentieth more bytes, on this image."""


def deb_component(package: debian.Package) -> dict[str, Any]:
    """One Debian package as a CycloneDX component."""
    name, version, architecture = package.file.removesuffix(".deb").split("_")
    return _component(name, version, f"pkg:deb/debian/{name}@{version}?arch={architecture}", package.sha256)


def wheel_components(lock: str) -> list[dict[str, Any]]:
    """The Python packages of a hashed requirements file."""
    pinned = re.findall(r"^([A-Za-z0-9_.-]+)==([^\s\\]+)", lock, re.MULTILINE)
    return [_component(name, version, f"pkg:pypi/{name.lower()}@{version}") for name, version in pinned]


def model_components(folder: Path) -> list[dict[str, Any]]:
    """The third-party nets, each with licence and hash."""
    return [
        _component(each.name, each.version, f"pkg:pypi/{each.package}@{each.version}#{each.file}", each.sha256)
        | {"type": "machine-learning-model", "licenses": [{"license": {"name": each.licence}}]}
        for each in read_lock(folder).values()
        if each.name.endswith(".tflite") and not each.optional
    ]


def _component(name: str, version: str, purl: str, sha256: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {"type": "library", "name": name, "version": version, "purl": purl, "bom-ref": purl}
    if sha256:
        found["hashes"] = [{"alg": "SHA-256", "content": sha256}]
    return found


def bill(version: str) -> dict[str, Any]:
    """Everything in the image that is not ours, as CycloneDX 1.6 (ECMA-424)."""
    components = [deb_component(each) for each in debian.read_lock()]
    components += wheel_components(WHEELS.read_text()) + model_components(PACKAGED_FOLDER)
    identity = hashlib.sha256(json.dumps(components, sort_keys=True).encode()).digest()[:16]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.UUID(bytes=identity, version=4)}",
        "version": 1,
        "metadata": {"component": {"type": "device", "name": "inkling", "version": version, "bom-ref": "inkling"}},
        "components": components,
    }


def compress(source: Path, target: Path) -> None:
    """Write `source` to `target` as .xz."""
    with source.open("rb") as plain, lzma.open(target, "wb", preset=XZ_PRESET) as packed:
        shutil.copyfileobj(plain, packed, 4 * MIB)


def sums(folder: Path) -> str:
    """The SHA256SUMS of every file in `folder`, as sha256sum(1) reads it."""
    lines = []
    for path in sorted(folder.iterdir()):
        with path.open("rb") as file:
            lines.append(f"{hashlib.file_digest(file, 'sha256').hexdigest()}  {path.name}\n")
    return "".join(lines)


def sign(folder: Path, signed_by: tuple[Path, Path]) -> None:
    """Write SHA256SUMS, its signature (ECDSA over SHA-256) and the certificate that checks it."""
    certificate, key = signed_by
    (folder / "SHA256SUMS").write_text(sums(folder))
    run("openssl", "dgst", "-sha256", "-sign", key, "-out", folder / "SHA256SUMS.sig", folder / "SHA256SUMS")
    shutil.copyfile(certificate, folder / "release.crt")


def notes(version: str) -> str:
    """The release's notes: what it is, what was tested where, and how to check it."""
    return (
        f"# Inkling {version}\n\nBuilt from sources of {BUILD_EPOCH} (every file in the image bears that time).\n\n"
        "Booted and tested in a virtual machine, not on a Raspberry Pi: camera ribbon, firmware tryboot, Wi-Fi, the\n"
        "Pi's own watchdog are not proven by this release. The image here is the stand-in for that machine; for a Pi\n"
        "see provisioning/rpi-image-gen and provisioning/rpi-os.\n\n"
        "Check it:\n\n    openssl x509 -in release.crt -pubkey -noout > release.pub\n"
        "    openssl dgst -sha256 -verify release.pub -signature SHA256SUMS.sig SHA256SUMS\n"
        "    sha256sum -c SHA256SUMS\n"
    )


def main(arguments: Sequence[str]) -> int:
    """Write the release; 0."""
    parser = argparse.ArgumentParser(prog="make release", description=__doc__)
    parser.add_argument("--version", required=True)
    parser.add_argument("--folder", type=Path, default=DEFAULT_FOLDER)
    parser.add_argument("--secrets", type=Path, default=Path("secrets"))
    options = parser.parse_args(arguments)
    shutil.rmtree(TARGET, ignore_errors=True)
    TARGET.mkdir(parents=True)
    name = f"inkling-{options.version}"
    compress(options.folder / "inkling.img", TARGET / f"{name}.img.xz")
    shutil.copyfile(options.folder / f"{name}.raucb", TARGET / f"{name}.raucb")
    (TARGET / f"{name}.cdx.json").write_text(json.dumps(bill(options.version), indent=1) + "\n")
    (TARGET / "NOTES.md").write_text(notes(options.version))
    sign(TARGET, signer(options.secrets))
    for path in sorted(TARGET.iterdir()):
        print(f"{path}  {path.stat().st_size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(command_line(main))
