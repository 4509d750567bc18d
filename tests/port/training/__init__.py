"""Training scripts of the usual styles; `test_steps_of_programs` ports each and compares what it prints, on PyTorch and before and after."""
