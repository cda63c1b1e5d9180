"""Arrays that `models` makes ahead and the device only reads."""

from __future__ import annotations

import numpy as np

from appliance.errors import ModelMismatch, ModelMissing
from appliance.sense.frame import F32
from appliance.sense.lock import PACKAGED_FOLDER

ADVICE = "Restore the file from the release."


def made_ahead(name: str, rows: int, columns: int) -> F32:
    """The float32 [rows, columns] in models/`name`.

    Raises:
        ModelMissing, ModelMismatch: it is not there, no array, or of another shape or type.
    """
    path = PACKAGED_FOLDER / name
    try:
        array = np.load(path)
    except OSError as error:
        raise ModelMissing(f"{path}: {error.strerror}", ADVICE) from error
    except (ValueError, EOFError) as error:
        raise ModelMismatch(f"{path}: not a NumPy array ({error})", ADVICE) from error
    if array.shape != (rows, columns) or array.dtype != np.float32:
        found = f"{array.dtype} {list(array.shape)}"
        raise ModelMismatch(f"{path}: {found} is not float32 {[rows, columns]}", ADVICE)
    return np.asarray(array, np.float32)
