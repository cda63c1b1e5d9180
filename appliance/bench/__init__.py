"""`make bench`: how long a frame takes, stage by stage, what memory each process needs, and a peer beside it."""
