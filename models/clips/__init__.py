"""Planted clips: a public-domain portrait, moved by known action units at known times."""
