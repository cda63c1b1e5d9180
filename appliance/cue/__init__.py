"""What staff and customers see, hear and press; one file a device."""
