"""Which APIs a code base uses, and how well the table supports each use."""
