"""Which version of a file an answer is of (RFC 9110, section 8.8): told apart, and asked for."""

from __future__ import annotations

from dataclasses import dataclass

from memcodec.storage.http.connections import Response


@dataclass(frozen=True)
class Version:
    """What an answer calls the file's version."""

    etag: str = ""
    modified: str = ""

    @classmethod
    def of(cls, reply: Response) -> Version:
        return cls(_plain(reply.header("etag")), _plain(reply.header("last-modified")))

    @property
    def name(self) -> str:
        """The same for answers of one version; "" when they do not tell."""
        return self.etag.removeprefix("W/") or self.modified

    def is_other(self, later: Version) -> bool:
        """By weak comparison (section 8.8.3.2): caches weaken the tags of what they keep. By time without tags."""
        if self.etag and (later.etag or not (self.modified and later.modified)):
            return later.etag.removeprefix("W/") != self.etag.removeprefix("W/")
        return later.modified != self.modified

    def required(self) -> dict[str, str]:
        """Headers by which the server itself refuses another version."""
        if self.etag.startswith('"'):  # a weak one, W/"...", never matches
            return {"If-Match": self.etag}
        return {"If-Unmodified-Since": self.modified} if self.modified else {}

    def unless(self) -> dict[str, str]:
        """Headers by which the server answers only with another version."""
        if self.etag:
            return {"If-None-Match": self.etag}
        return {"If-Modified-Since": self.modified} if self.modified else {}


def _plain(value: str) -> str:
    """A header's value that can be sent back; "" for one that cannot."""
    return value if value.isascii() and value.isprintable() and len(value) <= 256 else ""
