"""Inkling: expression cues at a counter. Pixels stay in `appliance.sense`; only small events leave."""

__version__ = "0.1.0"
