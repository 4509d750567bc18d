"""A program run before and after porting, and what the two runs printed held against each other."""
