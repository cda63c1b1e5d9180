"""`make bundle`: what `make image` built, boot and system together, as one signed RAUC bundle (verity format)."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from provisioning.identity import CURVE
from provisioning.image.build import DEFAULT_FOLDER
from provisioning.tools import command_line, run

COMPATIBLE = "inkling-appliance"
"""Must equal `compatible` in the overlay's rauc/system.conf: RAUC refuses a bundle for another kind of device."""
SIGNER_DAYS = 3650


def signer(secrets: Path) -> tuple[Path, Path]:
    """The release's certificate and key in `secrets`, made if they are not there; images trust this certificate."""
    certificate, key = secrets / "release.crt", secrets / "release.key"
    if not certificate.exists():
        secrets.mkdir(mode=0o700, parents=True, exist_ok=True)
        key.touch(mode=0o600)
        run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", CURVE, "-nodes", "-keyout", key,
            "-out", certificate, "-days", str(SIGNER_DAYS), "-sha256", "-subj", "/CN=Inkling release",
            "-addext", "keyUsage=critical,digitalSignature", "-addext", "extendedKeyUsage=codeSigning")  # fmt: skip
    return certificate, key


def manifest(version: str) -> str:
    """The bundle's manifest (RAUC reference, "Manifest")."""
    return (
        f"[update]\ncompatible={COMPATIBLE}\nversion={version}\n\n[bundle]\nformat=verity\n\n"
        "[image.system]\nfilename=system.img\n\n[image.boot]\nfilename=boot.img\n"
    )


def make_bundle(system: Path, boot: Path, version: str, signed_by: tuple[Path, Path], target: Path) -> Path:
    """Write the signed bundle to `target`, replacing one that is there."""
    target.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory(prefix="inkling-bundle-", dir=target.parent) as name:
        folder = Path(name)
        os.link(system, folder / "system.img")
        os.link(boot, folder / "boot.img")
        (folder / "manifest.raucm").write_text(manifest(version))
        certificate, key = signed_by
        run("rauc", "bundle", f"--cert={certificate}", f"--key={key}",
            "--mksquashfs-args=-comp gzip -Xcompression-level 1", folder, target)  # fmt: skip
    return target


def main(arguments: Sequence[str]) -> int:
    """Make the bundle of the image built last; 0."""
    parser = argparse.ArgumentParser(prog="make bundle", description=__doc__)
    parser.add_argument("--folder", type=Path, default=DEFAULT_FOLDER)
    parser.add_argument("--secrets", type=Path, default=Path("secrets"))
    parser.add_argument("--version", required=True)
    options = parser.parse_args(arguments)
    target = options.folder / f"inkling-{options.version}.raucb"
    signed_by = signer(options.secrets)
    make_bundle(options.folder / "system.img", options.folder / "boot.img", options.version, signed_by, target)
    print(f"{target}  {target.stat().st_size / 1e6:.0f} MB, signed by {signed_by[0]}")
    return 0


if __name__ == "__main__":
    sys.exit(command_line(main))
