"""Running a piece of a test suite under a framework and under this project's package of the same API, and comparing; see `compat.pytest_plugin`."""
