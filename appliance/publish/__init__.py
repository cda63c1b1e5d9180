"""The process with the network and no camera."""
