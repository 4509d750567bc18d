"""Imports of a framework, and what else in a file is about importing it → what both styles of porting make of it."""
