"""Plain MindSpore programs; `test_programs` runs each on both frameworks and compares the losses that they return."""
