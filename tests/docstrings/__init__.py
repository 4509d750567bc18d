"""The examples in the docstrings of the installed MindSpore, run through compat.mindspore: `python -m tests.docstrings`.

They are read from the installed package when they are run; nothing of them is kept here.
"""
