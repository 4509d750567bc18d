"""Timings of the bars that the project sets itself; `python -m tests.benchmarks` prints them. The tests time nothing."""
