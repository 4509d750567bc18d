"""How much of what programs call, and of what the official tables list, the table covers: `python -m tests.usage`."""
