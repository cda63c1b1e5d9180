"""The process with the camera and no network. Pixels live here, in the types of `frame`, in memory only."""
