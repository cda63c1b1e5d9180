"""What a release says about itself, and the pictures of the guide."""

from __future__ import annotations

import json
import subprocess
from itertools import pairwise
from pathlib import Path

import pytest

from provisioning import bundle, pictures, release
from provisioning.image import debian
from provisioning.image.layout import PARTITIONS, disk_bytes, offset, size
from provisioning.tools import Refused, run
from tests.boundary.source import ROOT


def test_every_locked_package_is_on_the_bill() -> None:
    """The bill of materials names each locked Debian package with its hash, and each is named once."""
    bill = release.bill("1.2.3")
    hashes = {each["content"] for part in bill["components"] for each in part.get("hashes", [])}
    assert {package.sha256 for package in debian.read_lock()} <= hashes
    references = [part["bom-ref"] for part in bill["components"]]
    assert len(references) == len(set(references))
    assert ("CycloneDX", "1.6") == (bill["bomFormat"], bill["specVersion"])


def test_the_bill_names_the_runtime_and_the_nets() -> None:
    """The Python packages that run on the device and the third-party nets are on the bill."""
    names = {part["name"] for part in release.bill("1.2.3")["components"]}
    assert {"numpy", "ai-edge-litert", "paho-mqtt", "face_landmark.tflite"} <= names


def test_the_same_sources_give_the_same_bill() -> None:
    """Two bills of one version are the same to the byte."""
    assert json.dumps(release.bill("1.2.3")) == json.dumps(release.bill("1.2.3"))


def test_a_changed_release_does_not_verify(tmp_path: Path) -> None:
    """The signature holds for the list of hashes as written, and for no other."""
    (tmp_path / "out").mkdir()
    (tmp_path / "out/file").write_text("content")
    release.sign(tmp_path / "out", bundle.signer(tmp_path / "secrets"))
    public = tmp_path / "public.pem"
    public.write_text(run("openssl", "x509", "-in", tmp_path / "out/release.crt", "-pubkey", "-noout"))
    check = ["openssl", "dgst", "-sha256", "-verify", public, "-signature", tmp_path / "out/SHA256SUMS.sig"]
    run(*check, tmp_path / "out/SHA256SUMS")
    subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=tmp_path / "out", check=True)
    (tmp_path / "out/SHA256SUMS").write_text("other")
    with pytest.raises(Refused):
        run(*check, tmp_path / "out/SHA256SUMS")


def test_the_bundle_is_for_our_devices() -> None:
    """A bundle's `compatible` is the one the device's RAUC accepts, and boot and system travel together."""
    system = (ROOT / "provisioning/overlay/etc/rauc/system.conf").read_text()
    assert f"compatible={bundle.COMPATIBLE}\n" in system
    assert {"[image.system]", "[image.boot]"} <= set(bundle.manifest("1").split())


def test_partitions_follow_each_other() -> None:
    """No two partitions overlap, all begin on 1 MiB, and the disk holds them with GPT's second copy."""
    ends = [(offset(each.name), offset(each.name) + size(each.name)) for each in PARTITIONS]
    assert all(end <= start for (_, end), (start, _) in pairwise(ends))
    assert all(start % (1024 * 1024) == 0 for start, _ in ends)
    assert disk_bytes() >= ends[-1][1] + 33 * 512


@pytest.mark.parametrize("name", sorted(pictures.pictures()))
def test_the_committed_pictures_are_current(name: str) -> None:
    """Each picture in docs is what the code draws now, from the numbers the program uses."""
    assert (ROOT / "docs" / name).read_text() == pictures.pictures()[name]


def test_the_distance_in_the_guide_is_the_calculated_one() -> None:
    """The guide's largest distance is the one at which the eyes are as far apart as the program needs."""
    far = pictures.far_m(640, 32)
    assert 0.9 <= far < 1.0
    assert "0.4 to 0.9 m" in (ROOT / "docs/install.md").read_text()


def test_the_guide_names_every_target_it_needs() -> None:
    """Every make target in the guide exists."""
    guide = (ROOT / "docs/install.md").read_text()
    makefile = (ROOT / "provisioning/device.mk").read_text()
    for target in ("image", "identity", "flash", "doctor", "wipe"):
        assert f"make {target}" in guide
        assert f"\n{target}:" in makefile
