"""From a release to a counter that works: identity, image, flash, first boot, update. Standard library only."""
