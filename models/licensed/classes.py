"""From a data set's words to ours: emotion words to the three classes, action-unit codes to action groups.

The composite benchmark (See et al. 2019, "MEGC 2019 - The Second Facial Micro-Expressions Grand Challenge: Methods and
Assessment", section 2) puts repression, anger, contempt, disgust, fear and sadness together as negative, happiness as
positive, keeps surprise, and leaves "others" out. SMIC and CAS(ME)^2 ship these class words themselves. The benchmark's
own list holds 442 clips (CASME II 145, SAMM 133, SMIC 164); a table may hold a few more, which the report counts.
"""

from __future__ import annotations

import re

from appliance.events import Action
from models.fields import GROUPS
from models.licensed.recording import LABELS

_NEGATIVE = ("negative", "repression", "anger", "contempt", "disgust", "fear", "sadness")
_POSITIVE = ("positive", "happiness")
_SURPRISE = ("surprise",)
OTHERS = ("others", "other")

_CLASS = {word: at for at, words in enumerate((_NEGATIVE, _POSITIVE, _SURPRISE)) for word in words}


def class_of(word: str) -> int | None:
    """The index into `LABELS` of an emotion word, or None for "others".

    Raises:
        ValueError: the word is in no table of the four data sets.
    """
    plain = word.strip().lower()
    if plain in OTHERS:
        return None
    if plain not in _CLASS:
        known = ", ".join((*_CLASS, *OTHERS))
        raise ValueError(f"emotion {word!r} is none of {known}")
    return _CLASS[plain]


def actions_of(units: str) -> frozenset[Action]:
    """The action groups of a code such as "4+L7", "R12B + 17" or "AU1 or AU2": sides and grades are left out."""
    found = {int(number) for number in re.findall(r"\d+", units)}
    return frozenset(action for action, group in GROUPS.items() if found & set(group))


assert len(LABELS) == len({*_CLASS.values()})  # noqa: S101  a class without a word could never be counted
