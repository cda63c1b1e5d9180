"""What each site profile allows, as data, with the reason for every value; and the gate that refuses some places.

A design reading of the law, not legal advice; sources in docs/decisions/0050-site-profiles.md.
"""

from __future__ import annotations

from dataclasses import dataclass

from appliance.errors import SiteRefused
from appliance.events import Mode
from appliance.settings import Use


@dataclass(frozen=True, slots=True)
class Profile:
    """One law's values, each with its reason.

    modes: what may be configured. mode: what `profile` means. refused: kinds of place, beyond REFUSED, with the reason.
    """

    modes: tuple[Mode, ...]
    modes_reason: str
    mode: Mode
    mode_reason: str
    refused: dict[str, str]


EDUCATION = "EU AI Act Art. 5(1)(f): nobody is read in education; held everywhere"
WORK = "EU AI Act Art. 5(1)(f): nobody is read at work; a desk whose customers are employees reads employees"
REFUSED = {
    "school": EDUCATION,
    "university": EDUCATION,
    "kindergarten": EDUCATION,
    "training-centre": EDUCATION,
    "internal-desk": WORK,
    "office": WORK,
    "help-desk-for-staff": WORK,
    "canteen": WORK,
    "job-interview": WORK,
}
"""Refused in every profile: no consent, notice or setting lifts it."""

_NO_DEFAULT_SCAN = (Mode.OFF, Mode.BUTTONS_ONLY, Mode.OPT_IN)
_GDPR = "CNIL, 11 Jul 2025: shop cameras that read every face by default with a light for the seller were rejected"
_CHILDREN = "POPIA s 34-35: a child's data needs a competent person's consent, which no sign can give"

PROFILES: dict[str, Profile] = {
    "default": Profile(
        (*_NO_DEFAULT_SCAN, Mode.NOTICE),
        "no law known here forbids notice; the installer answers for the choice",
        Mode.NOTICE,
        "sign, lamp and pause stand before every reading",
        {},
    ),
    "eu": Profile(_NO_DEFAULT_SCAN, _GDPR, Mode.OPT_IN, "GDPR Art. 6: free, informed choice before any reading", {}),
    "uk": Profile(
        _NO_DEFAULT_SCAN,
        "UK GDPR reads as the EU's here; ICO, 26 Oct 2022: no such system it saw met data protection law",
        Mode.OPT_IN,
        "as eu",
        {},
    ),
    "za": Profile(
        (*_NO_DEFAULT_SCAN, Mode.NOTICE),
        "POPIA s 1, 26: without identification no biometric information, still personal: notice (s 18) and pause",
        Mode.NOTICE,
        "POPIA s 18: notice at the counter, pause at hand",
        {"playground": _CHILDREN, "toy-shop": _CHILDREN, "children-clinic": _CHILDREN},
    ),
    "us-il": Profile(
        _NO_DEFAULT_SCAN,
        "BIPA 740 ILCS 14/15: a scan of face geometry needs written release; notice alone is not one",
        Mode.BUTTONS_ONLY,
        "without a written release on file nobody is read",
        {},
    ),
}


def mode_of(use: Use) -> Mode:
    """The mode the device runs in.

    Raises:
        SiteRefused: a place nobody may be read in (the wrong device for it, in any mode), or a mode
            the profile does not allow.
    """
    profile = PROFILES[use.profile]
    reason = REFUSED.get(use.place) or profile.refused.get(use.place)
    if reason:
        raise SiteRefused(f"use.place: {use.place} is refused ({reason})", "Do not install this device there.")
    if use.mode == "profile":
        return profile.mode
    mode = Mode[use.mode.upper().replace("-", "_")]
    if mode not in profile.modes:
        allowed = ", ".join(word_of(each) for each in profile.modes)
        raise SiteRefused(
            f"use.mode: {use.mode} is not allowed under {use.profile} ({profile.modes_reason})",
            f"Choose one of {allowed}.",
        )
    return mode


def word_of(mode: Mode) -> str:
    """The setting's word for `mode`."""
    return mode.name.lower().replace("_", "-")
