"""For every test: the matrices' one thread (decision 0028), set before a test file imports NumPy; and no stopwatch."""

from hypothesis import settings

import appliance  # noqa: F401

settings.register_profile("no stopwatch", deadline=None)  # a busy machine is no failure; the benches time
settings.load_profile("no stopwatch")
