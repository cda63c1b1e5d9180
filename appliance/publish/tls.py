"""TLS to the broker: 1.2 or newer, host name checked, renewed files taken over, a floor under the clock."""

from __future__ import annotations

import ipaddress
import os
import ssl
from dataclasses import dataclass
from pathlib import Path

from appliance.errors import ConfigInvalid
from appliance.publish.validity import valid_s
from appliance.settings import Mqtt

NO_CHECK_TIME = 0x200000
"""X509_V_FLAG_NO_CHECK_TIME of OpenSSL (x509_vfy.h)."""
DAY_S = 86_400.0
SYSTEMD = "CREDENTIALS_DIRECTORY"
"""systemd.exec(5), LoadCredential=: where the unit's secrets lie."""


def is_loopback(host: str) -> bool:
    """Whether `host` is this machine by its very name."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def credentials(mqtt: Mqtt) -> Path | None:
    """The folder of secrets, or None when there is none."""
    named = mqtt.credentials or os.environ.get(SYSTEMD, "")
    return Path(named) if named else None


def password(mqtt: Mqtt) -> str | None:
    """The password for `mqtt.user`, None without a user.

    Raises:
        ConfigInvalid: a user, but no readable file `password` in the credentials.
    """
    if not mqtt.user:
        return None
    path = (credentials(mqtt) or Path()) / "password"
    try:
        return path.read_text("utf-8").rstrip("\n")
    except OSError as error:
        raise ConfigInvalid(
            f"mqtt.user: {path}: {error.strerror}", "Put the password there; mqtt.credentials names the folder."
        ) from error


class CheckedSocket(ssl.SSLSocket):
    """A TLS socket that checks the broker's certificate against the floor when the clock cannot be trusted."""

    def do_handshake(self, block: bool = False) -> None:
        """Shake hands.

        Raises:
            ssl.SSLCertVerificationError: the certificate ended before the latest time this device has known.
        """
        super().do_handshake(block)
        floor_s = getattr(self.context, "floor_s", None)
        der = self.getpeercert(binary_form=True)
        if floor_s is not None and der is not None and valid_s(der)[1] < floor_s:
            raise ssl.SSLCertVerificationError(ssl.SSL_ERROR_SSL, "it ended before the latest time known here")


class FlooredContext(ssl.SSLContext):
    """A client context; `floor_s` (seconds since 1970) replaces the clock when it is behind that, else None."""

    sslsocket_class = CheckedSocket
    floor_s: float | None = None


@dataclass(frozen=True, slots=True)
class Files:
    """State of the three files: (size, time of change in ns) each, None when missing."""

    states: tuple[tuple[int, int] | None, ...]


class Tls:
    """The device's side of TLS.

    Args:
        folder: holds ca.crt (needed), and client.crt with client.key when the broker wants them.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen = self.files()

    def files(self) -> Files:
        """What the files look like now."""
        return Files(tuple(_state(self._folder / name) for name in ("ca.crt", "client.crt", "client.key")))

    def changed(self) -> bool:
        """Whether a file was renewed since the last call."""
        before, self._seen = self._seen, self.files()
        return before != self._seen

    def context(self, utc_s: float, floor_s: float) -> ssl.SSLContext:
        """A context from the files as they are now; `floor_s` is the latest time this device has known for sure.

        Raises:
            ConfigInvalid: a file is missing or is not what its name says.
        """
        context = FlooredContext(ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if utc_s < floor_s:
            context.verify_flags |= ssl.VerifyFlags(NO_CHECK_TIME)
            context.floor_s = floor_s
        try:
            context.load_verify_locations(self._folder / "ca.crt")
            if (self._folder / "client.crt").exists():
                context.load_cert_chain(self._folder / "client.crt", self._folder / "client.key")
        except (OSError, ssl.SSLError) as error:
            reason = error.reason if isinstance(error, ssl.SSLError) else error.strerror
            raise ConfigInvalid(
                f"{self._folder}: ca.crt, client.crt or client.key: {reason}", "Put the PEM files there."
            ) from error
        return context

    def days_left(self, utc_s: float) -> int | None:
        """Whole days until the client certificate ends (negative: since), None without one.

        Raises:
            ConfigInvalid: the file is not a certificate.
        """
        path = self._folder / "client.crt"
        try:
            pem = path.read_text("ascii")
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigInvalid(f"{path}: cannot be read", "Give a PEM certificate.") from error
        try:
            # The device's own certificate comes first; its issuers may follow (RFC 8446, 4.4.2).
            der = ssl.PEM_cert_to_DER_cert(pem[: pem.index("-----END CERTIFICATE-----") + 25] + "\n")
        except ValueError as error:
            raise ConfigInvalid(f"{path}: is not PEM", "Give a PEM certificate.") from error
        return int((valid_s(der)[1] - utc_s) // DAY_S)


def tls_for(mqtt: Mqtt) -> Tls | None:
    """TLS as `mqtt` asks for it; None for plain text, which is for this very machine only.

    Raises:
        ConfigInvalid: TLS is needed and there is no folder of credentials.
    """
    if mqtt.tls == "auto" and is_loopback(mqtt.host):
        return None
    folder = credentials(mqtt)
    if folder is None:
        raise ConfigInvalid(
            f"mqtt.host: {mqtt.host} needs TLS, and there is no ca.crt", "Set mqtt.credentials to the folder of ca.crt."
        )
    return Tls(folder)


def _state(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns
