"""Weights on the way between PyTorch and MindSpore: which belongs to which, how each is laid out, and whole checkpoints converted."""

from compat.weights.convert import Report, Request, convert, sides
from compat.weights.entries import Entry, Matching, Pair
from compat.weights.map_file import Map
from compat.weights.matching import match, match_with

__all__ = ["Entry", "Map", "Matching", "Pair", "Report", "Request", "convert", "match", "match_with", "sides"]
