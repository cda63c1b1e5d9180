"""`inkling run`: the whole chain on one machine, with a broker, a subscriber and a live terminal view."""
