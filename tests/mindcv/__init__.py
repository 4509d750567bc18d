"""mindcv's models, built and run by MindSpore and by compat.mindspore side by side: `python -m tests.mindcv`."""
