"""mindspore.dataset.text, of which nothing has an implementation here: they raise UnsupportedAPI when they are called."""

# ruff: noqa: F822 - `__getattr__` makes the names

from __future__ import annotations

from compat.mindspore_on_torch.refusals import refusing

__all__ = [
    "AddToken", "BasicTokenizer", "BertTokenizer", "CaseFold", "CharNGram", "FastText", "FilterWikipediaXML", "GloVe", "JiebaMode",
    "JiebaTokenizer", "Lookup", "Ngram", "NormalizeForm", "NormalizeUTF8", "PythonTokenizer", "RegexReplace", "RegexTokenizer",
    "SPieceTokenizerLoadType", "SPieceTokenizerOutType", "SentencePieceModel", "SentencePieceTokenizer", "SentencePieceVocab",
    "SlidingWindow", "ToNumber", "ToVectors", "Truncate", "TruncateSequencePair", "UnicodeCharTokenizer", "UnicodeScriptTokenizer",
    "Vectors", "Vocab", "WhitespaceTokenizer", "WordpieceTokenizer", "to_bytes", "to_str",
]  # fmt: skip

__getattr__ = refusing(__name__, __all__, "mindspore.dataset.text")
