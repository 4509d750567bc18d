"""Both frameworks on the same fixtures: values, gradients and errors compared, in crash-isolated workers, and reported."""
