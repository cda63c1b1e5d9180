"""For every test: the matrices' one thread (docs/decisions/0028), set before a test file imports NumPy."""

import appliance  # noqa: F401
