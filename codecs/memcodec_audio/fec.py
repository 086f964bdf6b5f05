"""Forward error correction inside one burst: Reed-Solomon outside, a repeat-accumulate code inside.

The inner code does the work: a low-density parity-check code of the repeat-accumulate kind (Divsalar, Jin and McEliece,
1998), decoded by belief propagation from soft bits. The outer one mends the few bytes that may be left.
Soft bits are log-likelihood ratios: positive means 0, and the size says how sure.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from reedsolo import ReedSolomonError, RSCodec

from memcodec_audio import sequence

Bits = npt.NDArray[np.uint8]
Soft = npt.NDArray[np.float32]

_GROUP = 3  # message bits in each parity check
_ROUNDS = 60  # of belief propagation, at most; a good channel needs about ten
_CERTAIN = np.float32(30)  # no message between nodes says more


@dataclass(frozen=True)
class RepeatAccumulate:
    """``message`` bits and ``checks`` parity bits, sent in this order.

    The numbers 0 .. message - 1, repeated until there are 3 x checks of them, are put in a pseudo-random order and
    cut into groups of three. Parity bit j is parity bit j - 1 (0 before the first) plus the message bits that group j
    names, modulo 2.
    """

    label: str
    message: int
    checks: int

    def encode(self, bits: Bits) -> Bits:
        """[message] bits to [message + checks]."""
        sums = np.bitwise_xor.reduce(bits[self._groups], axis=1)
        return np.concatenate([bits, np.bitwise_xor.accumulate(sums)])

    def decode(self, soft: Soft) -> Soft:
        """Soft bits [message] after belief propagation over soft bits [message + checks]."""
        heard, parity = soft[: self.message], soft[self.message :]
        inward = np.concatenate([heard[self._groups], parity[:, None], _delayed(parity)[:, None]], axis=1)
        for _ in range(_ROUNDS):
            outward = _check(inward)
            believed = heard + np.add.reduceat(outward[:, :_GROUP].ravel()[self._edges], self._starts)
            own, following = outward[:, _GROUP], np.append(outward[1:, _GROUP + 1], np.float32(0))
            if self._satisfied(believed < 0, parity + own + following < 0):
                break
            inward[:, :_GROUP] = believed[self._groups] - outward[:, :_GROUP]
            inward[:, _GROUP] = parity + following
            inward[:, _GROUP + 1] = _delayed(parity + own)
        return believed

    @cached_property
    def _groups(self) -> npt.NDArray[np.intp]:
        """[checks, 3]: the message bits of each group."""
        order = sequence.permutation(f"memcodec {self.label} groups", _GROUP * self.checks)
        return (order % self.message).reshape(-1, _GROUP)

    @cached_property
    def _edges(self) -> npt.NDArray[np.intp]:
        """The edges (places in the flat groups) of message bit 0, then of bit 1, and so on."""
        return np.argsort(self._groups.ravel(), kind="stable")

    @cached_property
    def _starts(self) -> npt.NDArray[np.intp]:
        """[message]: where each bit's edges begin in ``_edges``."""
        return np.searchsorted(self._groups.ravel()[self._edges], np.arange(self.message))

    def _satisfied(self, bits: npt.NDArray[np.bool_], parity: npt.NDArray[np.bool_]) -> bool:
        sums = np.bitwise_xor.reduce(bits[self._groups], axis=1)
        return bool((np.bitwise_xor.accumulate(sums) == parity).all())


def _delayed(parity: Soft) -> Soft:
    """Each parity bit's predecessor; before the first stands a 0, surely."""
    return np.append(_CERTAIN, parity[:-1])


def _check(inward: Soft) -> Soft:
    """What each check [checks, edges] tells each of its edges: the sum-product rule, by phi(x) = -log tanh(x/2)."""
    inward = np.clip(inward, -_CERTAIN, _CERTAIN)
    doubts = _phi(np.abs(inward))
    rest = doubts.sum(axis=1, keepdims=True) - doubts
    signs = np.where(inward < 0, np.float32(-1), np.float32(1))
    return np.asarray(_phi(rest) * signs * signs.prod(axis=1, keepdims=True), np.float32)


def _phi(sure: Soft) -> Soft:
    return -np.log(np.tanh(np.maximum(sure, np.float32(1e-6)) / 2))


@dataclass(frozen=True)
class ReedSolomon:
    """``words`` codewords over GF(256) (polynomial 0x11d, generator 2, first root 1), interleaved byte by byte.

    Byte i of the stream belongs to codeword i mod ``words``: the message stands first, unchanged, the parity after it.
    """

    size: int
    words: int
    parity: int

    @property
    def message_size(self) -> int:
        return self.size - self.words * self.parity

    def encode(self, message: bytes) -> bytes:
        """``message_size`` bytes to ``size`` bytes."""
        stream = bytearray(self.size)
        for word in range(self.words):
            stream[word :: self.words] = self._codec.encode(message[word :: self.words])
        return bytes(stream)

    def decode(self, stream: bytes, doubt: Soft) -> bytes | None:
        """The message, or None when a word holds too many wrong bytes; with so many it may also come out wrong.

        doubt: [size]; where a word fails, its most doubtful bytes are taken for erasures.
        """
        message = bytearray(self.size)
        for word in range(self.words):
            found = self._decode_word(stream[word :: self.words], doubt[word :: self.words])
            if found is None:
                return None
            message[word :: self.words] = found
        return bytes(message[: self.message_size])

    @cached_property
    def _codec(self) -> RSCodec:
        return RSCodec(self.parity)

    def _decode_word(self, word: bytes, doubt: Soft) -> bytes | None:
        ranked = np.argsort(-doubt, kind="stable")
        for erasures in (0, self.parity // 2, self.parity - 2):
            try:
                return bytes(self._codec.decode(word, erase_pos=ranked[:erasures].tolist())[1])
            except ReedSolomonError:
                continue
        return None
