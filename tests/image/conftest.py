"""The image under test, built by `make image`; the identity; and one booted counter shared by a file's tests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from provisioning import identity
from provisioning.image.build import DEFAULT_FOLDER
from tests.image.broker import GUEST_SEES_HOST_AT, Broker
from tests.image.counter import Counter

DEVICE = "counter-0001"


@pytest.fixture(scope="session")
def image() -> Path:
    """The image `make image` built."""
    path = DEFAULT_FOLDER / "inkling.img"
    assert path.exists(), "there is no image: make image"
    return path


@dataclass(frozen=True, slots=True)
class Site:
    """A shop: its secrets, its broker, and the identity of one device."""

    secrets: Path
    broker: Broker
    identity: Path


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Site]:
    """A shop with a running broker, and an identity whose settings are the module's SETTINGS."""
    folder = tmp_path_factory.mktemp("site")
    secrets = folder / "secrets"
    settings = folder / "settings.toml"
    settings.write_text(request.module.SETTINGS)
    with Broker(folder / "broker", secrets) as broker:
        arguments = ["--id", DEVICE, "--secrets", str(secrets), "--settings", str(settings)]
        arguments += ["--broker", GUEST_SEES_HOST_AT, "--port", str(broker.port)]
        assert 0 == identity.main(arguments)
        yield Site(secrets, broker, secrets / DEVICE)


@pytest.fixture(scope="module")
def counter(image: Path, site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counter]:
    """A flashed counter, not yet started."""
    made = Counter(image, tmp_path_factory.mktemp("counter"), site.identity)
    yield made
    made.close()
