"""A port to be read: as a table, a page, a diff, and as JSON and SARIF for programs."""
