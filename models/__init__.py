"""Our expression model: generator, training, evaluation, and the shipped int8 file."""
