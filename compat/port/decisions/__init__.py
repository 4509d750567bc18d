"""One use of an API in its place in the source → what becomes of it."""
