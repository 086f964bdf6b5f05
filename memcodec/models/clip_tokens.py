"""The tokens of a CLIP model: byte pairs of lower case words, between a start and an end.

Read from ``tokenizer.json`` (Transformers), ``vocab.json`` with ``merges.txt`` (the same, older), or
``bpe_simple_vocab_16e6.txt.gz`` (open_clip), whose vocabulary follows from its merges.
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

from memcodec.errors import ModelError

LENGTH = 77  #: tokens of a text, both ends counted
MERGES = "bpe_simple_vocab_16e6.txt.gz"
FILES = ("tokenizer.json", "vocab.json", "merges.txt", MERGES)
_START, _END = "<|startoftext|>", "<|endoftext|>"
_WORD_END = "</w>"
_PATTERN = r"""<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"""
_VOCABULARY = 49_408  # of every CLIP model with open_clip's merges
_LARGEST = 64 << 20  # bytes that the merges may unpack to


class ClipTokens:
    """Texts to ids."""

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer
        self._ends = tokenizer.token_to_id(_START), tokenizer.token_to_id(_END)
        if None in self._ends:
            raise ModelError(f"the tokenizer has no {_START} and {_END}; it is of no CLIP model")

    def encode(self, text: str, length: int) -> tuple[list[int], list[int]]:
        """So many ids, zeros behind the text's; and which of them are the text's."""
        valid = text.encode("utf-8", "replace").decode("utf-8")
        ids = self._tokenizer.encode(valid, add_special_tokens=False).ids[: length - 2]
        ids = [self._ends[0], *ids, self._ends[1]]
        return ids + [0] * (length - len(ids)), [1] * len(ids) + [0] * (length - len(ids))


def load(folder: Path) -> ClipTokens:
    """The tokens of the model in a folder. Raises ModelError, and what JSON and tokenizers raise."""
    from tokenizers import Tokenizer

    if (folder / "tokenizer.json").is_file():
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        tokenizer.no_padding()
        tokenizer.no_truncation()
        return ClipTokens(tokenizer)
    if (folder / "vocab.json").is_file() and (folder / "merges.txt").is_file():
        vocabulary = json.loads((folder / "vocab.json").read_text("utf-8"))
        lines = (folder / "merges.txt").read_text("utf-8").splitlines()
        return ClipTokens(_byte_pairs(vocabulary, _pairs(lines)))
    if (folder / MERGES).is_file():
        with gzip.open(folder / MERGES) as file:
            lines = file.read(_LARGEST).decode().splitlines()
        merges = _pairs(lines)[: _VOCABULARY - 2 * 256 - 2]
        return ClipTokens(_byte_pairs(_vocabulary(merges), merges))
    raise ModelError(f"{folder}: no tokenizer in it; it should have tokenizer.json, or {MERGES}")


def _pairs(lines: list[str]) -> list[tuple[str, str]]:
    """The merges, without the line that says what they are."""
    cut = (line.split() for line in lines if not line.startswith(("#version", '"bpe_simple')))
    return [(pair[0], pair[1]) for pair in cut if len(pair) == 2]


def _vocabulary(merges: list[tuple[str, str]]) -> dict[str, int]:
    """The bytes as characters, the same at a word's end, what the merges make, and the two ends."""
    letters = [chr(code) for code in [*range(33, 127), *range(161, 173), *range(174, 256)]]
    letters += [chr(256 + number) for number in range(256 - len(letters))]  # of the bytes that do not print
    words = [*letters, *(letter + _WORD_END for letter in letters), *map("".join, merges), _START, _END]
    return {word: number for number, word in enumerate(words)}


def _byte_pairs(vocabulary: dict[str, int], merges: list[tuple[str, str]]) -> Any:
    from tokenizers import AddedToken, Regex, Tokenizer, models, normalizers, pre_tokenizers

    model = models.BPE(vocabulary, merges, end_of_word_suffix=_WORD_END, unk_token=_END)
    tokenizer = Tokenizer(model)
    tokenizer.add_special_tokens([AddedToken(_START, special=True), AddedToken(_END, special=True)])
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Lowercase()]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(_PATTERN), behavior="removed", invert=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False),
        ]
    )
    return tokenizer
