"""Plain PyTorch programs; `test_programs` runs each on both frameworks and compares the losses that they print."""
