"""Builds the image of the CI stand-in: Debian 13 arm64, unpacked only, with our overlay; no root, no loop device."""
