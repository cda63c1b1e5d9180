"""Certificates for the TLS tests, made with openssl."""

from __future__ import annotations

import subprocess
from pathlib import Path


def openssl(*arguments: str | Path, cwd: Path) -> None:
    """Run openssl, which must be installed."""
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True, cwd=cwd)


def authority(folder: Path) -> None:
    """ca.crt and ca.key in `folder`."""
    folder.mkdir(exist_ok=True)
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
            "-subj", "/CN=test authority", "-addext", "keyUsage=critical,keyCertSign,cRLSign",
            "-keyout", "ca.key", "-out", "ca.crt", cwd=folder)  # fmt: skip


def certificate(folder: Path, name: str, common_name: str, alternative: str = "", days: int = 30) -> None:
    """name.crt and name.key, signed by the authority in `folder`."""
    openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={common_name}",
            "-keyout", f"{name}.key", "-out", f"{name}.csr", cwd=folder)  # fmt: skip
    # Python 3.13 checks as RFC 5280 says: an authority names its key's use, and what it signs names the authority.
    extensions = "basicConstraints=CA:FALSE\nauthorityKeyIdentifier=keyid\n"
    (folder / "ext").write_text(extensions + (f"subjectAltName={alternative}\n" if alternative else ""))
    openssl("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial",
            "-days", str(days), "-extfile", "ext", "-out", f"{name}.crt", cwd=folder)  # fmt: skip
