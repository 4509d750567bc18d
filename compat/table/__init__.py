"""The declarative table: YAML text in, a validated and frozen model out. Imports no framework."""
