"""One call of a framework's API → the edits that make it a call of the other's: what fills what, and what has to be written for it."""
