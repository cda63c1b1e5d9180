"""Inkling: expression cues at a counter. Pixels stay in `appliance.sense`; only small events leave."""

import os

__version__ = "0.1.0"

# Before anything imports NumPy: its matrices here are small, and where cores are busy OpenBLAS's threads wait for each
# other a hundred times longer than they compute (docs/decisions/0028).
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
