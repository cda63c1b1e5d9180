"""Our expression model: generator, training, evaluation, and the shipped int8 file."""

import appliance  # noqa: F401  # for the threads of NumPy, before anything here imports it
