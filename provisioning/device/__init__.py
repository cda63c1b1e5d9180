"""What runs on the device as root beside the two processes: first boot, update, commit. Standard library only."""
