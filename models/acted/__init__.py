"""Heads that another hand moves and draws: muscles pull a mesh, and a graphics driver draws every frame anew."""
