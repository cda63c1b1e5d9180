"""How many cases each property of what comes from outside is tried with.

INKLING_CASES sets the number (default 100; the release run uses 100,000).
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

fuzz = settings(
    max_examples=int(os.environ.get("INKLING_CASES", "100")), deadline=None, suppress_health_check=list(HealthCheck)
)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=5),
    max_leaves=12,
)
"""Any JSON."""
