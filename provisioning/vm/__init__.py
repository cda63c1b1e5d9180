"""The image in a virtual machine: a stand-in for the Pi's firmware, and the machine around it."""
