"""The named conversions that a row may ask for: each with its inverse, as the name of a function of compat/conversions.py."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Converter:
    """`forward` turns PyTorch's value into MindSpore's, `inverse` the reverse; both are functions of compat/conversions.py."""

    forward: str
    inverse: str
    about: str


CONVERTERS = {
    "complement": Converter("complement", "complement", "1 - value: PyTorch's momentum of a running mean is MindSpore's complement"),
    "ddof": Converter("ddof", "unbiased", "unbiased=True is ddof=1"),
    "every_axis": Converter("every_axis", "all_dims", "None, for every dimension, is the empty tuple"),
    "no_axis": Converter("all_dims", "every_axis", "the empty tuple, for none in particular, is None"),
    "none_as_zero": Converter("zero_for_none", "none_for_zero", "MindSpore says 0 where PyTorch says None"),
    "tanh": Converter("is_tanh", "tanh_or_none", 'approximate="tanh" is approximate=True'),
    "as_tuple": Converter("as_tuple", "as_tuple", "one number is a tuple of it"),
    "each_side": Converter("each_side", "both_sides", "a number for each side of a dimension, where PyTorch has one for both"),
    "one_side": Converter("only_number", "same_number", "a number, also where PyTorch has a tuple of it"),
    "as_float": Converter("as_float", "as_float", "an int where MindSpore accepts only a float"),
}
