"""minisign's keys and signatures (jedisct1.github.io/minisign, "Signature format"): of a BLAKE2b-512, as ``-V`` wants.

Of numbers in keys and signatures the lowest byte stands first.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import struct

from memcodec.errors import ConfigError
from memcodec.signing import ed25519

UNTRUSTED, TRUSTED = "untrusted comment: ", "trusted comment: "
_KEY, _HASHED = b"Ed", b"ED"
_NUMBER = 8  # bytes that tell keys apart
_PLAIN, _SCRYPT, _BLAKE = b"\0\0", b"Sc", b"B2"
_HEAD = struct.Struct("<2s2s2s32sQQ")
_SECRET = 2 * ed25519.KEY  # bytes: the seed and the public key
_BODY = _NUMBER + _SECRET + 32
_MOST = 2 << 30  # bytes that a passphrase may take to try; minisign's own keys take 1 GiB
_BLOCK = 8  # scrypt's r, in libsodium


class SecretKey:
    """What ``minisign -G`` writes. Its passphrase is asked for if it has one."""

    def __init__(self, text: str) -> None:
        """Raises ConfigError for what is no such key."""
        data = _decoded(text.splitlines()[-1] if text else "")
        if len(data) != _HEAD.size + _BODY:
            raise ConfigError("this is no secret key of minisign's")
        kind, self._kdf, checksum, self._salt, self._operations, self._memory = _HEAD.unpack_from(data)
        self._body = data[_HEAD.size :]
        if (kind, checksum) != (_KEY, _BLAKE) or self._kdf not in (_PLAIN, _SCRYPT):
            raise ConfigError("this is a secret key of another minisign; make one with `minisign -G`")

    @property
    def is_locked(self) -> bool:
        """Whether it takes a passphrase."""
        return bool(self._kdf == _SCRYPT)

    def opened(self, passphrase: str) -> tuple[bytes, bytes]:
        """The key's number and its seed. Raises ConfigError for a wrong passphrase, and MissingExtra."""
        body = self._body
        if self.is_locked:
            body = bytes(a ^ b for a, b in zip(body, self._stream(passphrase), strict=True))
        number, secret, check = body[:_NUMBER], body[_NUMBER : _NUMBER + _SECRET], body[_NUMBER + _SECRET :]
        made = hashlib.blake2b(_KEY + number + secret, digest_size=len(check)).digest()
        if self.is_locked and not hmac.compare_digest(made, check):
            raise ConfigError("the passphrase is not the key's")
        seed = secret[: ed25519.KEY]
        if ed25519.public_of(seed) != secret[ed25519.KEY :]:  # one without a passphrase has no checksum
            raise ConfigError("the key is damaged")
        return number, seed

    def _stream(self, passphrase: str) -> bytes:
        power, parallel = _picked(self._operations, self._memory)
        size = 128 * _BLOCK << power
        if size > _MOST or parallel > 64:
            raise ConfigError(
                f"the key's passphrase takes {size:,} bytes of memory to try, more than any does"
            )
        return hashlib.scrypt(
            passphrase.encode(),
            salt=self._salt,
            n=1 << power,
            r=_BLOCK,
            p=parallel,
            maxmem=size + (64 << 20),
            dklen=_BODY,
        )


def _picked(operations: int, memory: int) -> tuple[int, int]:
    """scrypt's log2(N) and p as libsodium's ``pickparams`` makes them of its two limits."""
    operations = max(operations, 32768)
    if operations < memory // 32:
        return _power(operations // (_BLOCK * 4)), 1
    power = _power(memory // (_BLOCK * 128))
    return power, max(1, min(operations // 4 >> power, 0x3FFFFFFF) // _BLOCK)


def _power(most: int) -> int:
    return next(power for power in range(1, 64) if power == 63 or 1 << power > most // 2)


def public_key(text: str) -> tuple[bytes, bytes]:
    """The number and the key in a line of a public key. Raises ConfigError."""
    data = _decoded(text)
    if len(data) != 2 + _NUMBER + ed25519.KEY or not data.startswith(_KEY):
        raise ConfigError("this is no public key of minisign's")
    return data[2 : 2 + _NUMBER], data[2 + _NUMBER :]


def line_of(number: bytes, key: bytes) -> str:
    """A public key as a line."""
    return base64.b64encode(_KEY + number + key).decode()


def shown(number: bytes) -> str:
    """A key's number as minisign shows it."""
    return f"{int.from_bytes(number, 'little'):X}"


def sign(number: bytes, seed: bytes, message: bytes, trusted: str) -> str:
    """What ``minisign -S`` writes of a message. ``trusted`` is one line that is signed, too."""
    made = ed25519.sign(seed, hashlib.blake2b(message).digest())
    over = ed25519.sign(seed, made + trusted.encode())
    return _written(number, made, trusted, over)


def _written(number: bytes, made: bytes, trusted: str, over: bytes) -> str:
    first, second = (base64.b64encode(each).decode() for each in (_HASHED + number + made, over))
    return f"{UNTRUSTED}signature by memcodec\n{first}\n{TRUSTED}{trusted}\n{second}\n"


def holds(number: bytes, key: bytes, written: str, message: bytes) -> bool:
    """Whether that is a message's signature by that key, byte for byte as ``sign`` writes it."""
    lines = written.split("\n")
    if len(lines) != 5 or not lines[2].startswith(TRUSTED):
        return False
    try:
        first, over = (base64.b64decode(lines[at], validate=True) for at in (1, 3))
    except (binascii.Error, ValueError):
        return False
    made, trusted = first[2 + _NUMBER :], lines[2].removeprefix(TRUSTED)
    return (
        _written(number, made, trusted, over) == written
        and ed25519.holds(key, made, hashlib.blake2b(message).digest())
        and ed25519.holds(key, over, made + trusted.encode())
    )


def _decoded(line: str) -> bytes:
    try:
        return base64.b64decode(line.strip(), validate=True)
    except (binascii.Error, ValueError):
        return b""
