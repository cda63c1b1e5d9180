"""Whole simulated shifts through the real policy; nothing of it runs on the device."""
