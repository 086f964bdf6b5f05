"""The codec contract: what turns packets into media and back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple, Protocol, get_args

from memcodec.format.budget import Budget
from memcodec.format.cipher import Keys
from memcodec.media.journal import Carrier, Journal
from memcodec.model import BlobSpan, Extent, Frame, PacketPlace
from memcodec.storage import Source, Target

Profile = Literal["dense", "robust"]
PROFILES: tuple[Profile, ...] = get_args(Profile)  #: a file states a profile by its number here


class PacketSize(NamedTuple):
    """A size of packets, header included, and what a frame with one of them takes in the file, about: in any unit."""

    size: int
    cost: float


class MediaWriter(Protocol):
    """Appends to one media file. Nothing it wrote counts until ``commit`` returns."""

    packet_size: int  #: bytes of one packet, header included: what one symbol or spectrum carries at most
    packet_sizes: Sequence[PacketSize]  #: those worth choosing from, rising; ``packet_size`` is the last
    frame_packets: int  #: packets a full frame holds
    #: bytes at the start of the file that each commit may change: they state the recording's length
    head: int
    committed: bool  #: whether the record of the last ``commit`` is in the file, even if what followed failed

    def write_guide(self, pages: Sequence[str]) -> None:
        """Write what a person can watch, hear or read of these texts, the first above all. Only at a file's start."""

    def write_packets(self, packets: Iterable[bytes], per_frame: int) -> Iterator[Frame]:
        """Encode packets (each at most ``packet_size`` bytes), ``per_frame`` to a frame, reading every frame back.

        Yields the frames in order, each once it is proven readable and written to the target.
        Raises CodecError when a frame does not read back.
        """

    def accepts(self, source: Source) -> bool:
        """Whether frames of that file may be copied here as they are: same codec, profile and coding parameters."""

    def copy_frames(self, source: Source, frames: Iterable[Frame]) -> Iterator[Frame]:
        """Append frames of a file that ``accepts`` takes, without encoding them; their packets stay as they were.

        Yields the new frames in order, each once it is in the target; lengths may differ. What they hold is not
        looked at. Raises Damaged for a frame that is not where the file's index has it.
        """

    def blob_place(self, length: int) -> Extent:
        """Where ``write_blob`` will put so many bytes, if it is called next."""

    def write_blob(self, blob: bytes | memoryview) -> Extent:
        """Write raw bytes beside the media, 64-byte aligned where the container allows; returns where they stand."""

    def commit(self, record: bytes) -> Extent:
        """Sync what was written, write the commit record, sync again. After this the commit exists."""

    def close(self) -> None:
        """Release the encoder. Does not commit."""


class MediaReader(Protocol):
    """Reads one media file. Safe to use from several threads."""

    torn: int  #: bytes after the last intact commit and the journal behind it: what an interrupted write left
    journal: Journal | None  #: behind the newest commit, maybe empty; None where there is no commit
    moved: (
        int  #: by how many bytes another program moved all that was written, by tags before it; 0 as a rule
    )
    source: Source  #: the file; of one that was moved, with every byte at the offset it was written at
    #: those bytes end as a whole commit does: no interrupted one, but one that was damaged since
    broken: bool
    budget: Budget  #: what the file may claim, made of its size
    keys: Keys | None  #: of a sealed file, once it is unlocked
    #: what ``Codec.create`` was told beside the profile, to make another file alike
    options: Mapping[str, str]

    @property
    def carrier(self) -> Carrier | None:
        """How groups of a journal stand in this file; None where there is no commit, or none of this medium could."""

    def commits(self) -> Iterator[bytes]:
        """Commit records, newest first. The newest comes with one read of the file's tail, others as they are taken."""

    def ends(self) -> Iterator[int]:
        """Where each of ``commits`` ends in the file, in step with them: a file cut there is the one it left."""

    def commit_ending(self, end: int) -> bytes | None:
        """The record of the commit that ends at that byte of the file; None when there is none, or it is damaged."""

    def read_packets(self, places: Sequence[PacketPlace]) -> list[bytes | None]:
        """The packets at the places, in their order; None where a packet cannot be read. Works on all cores."""

    def read_blob(self, extent: Extent, start: int = 0, length: int | None = None) -> memoryview:
        """``length`` raw bytes from ``start`` on, to the end by default, of what ``write_blob`` wrote at an extent."""

    def prefetch(self, blobs: Iterable[BlobSpan], places: Iterable[PacketPlace] = ()) -> None:
        """Have parts of index blobs, and frames, that are read soon: in one round trip when the file is far away."""

    def scan(self) -> Iterator[bytes]:
        """Every packet the media still holds, whatever became of containers and index; order not promised."""

    def layout(self) -> Iterator[tuple[str, Extent]]:
        """The container's parts from byte 0 to the end, named ("header", "media", "index", "commit" ...)."""

    def close(self) -> None:
        """Release decoders."""


class Codec(Protocol):
    """A medium: one name on the command line, one kind of file."""

    name: str
    suffixes: tuple[str, ...]
    summary: str

    def missing(self) -> str | None:
        """Why this codec cannot encode here, or None when it can. Cheap."""

    def guide(self, profile: Profile) -> tuple[str, str]:
        """For people: what the media is made of, and how packets come out of it. A paragraph of plain text each."""

    def sniff(self, head: bytes) -> bool:
        """Whether the first bytes of a file (up to 4 KiB) are this codec's."""

    def sniff_end(self, tail: bytes) -> bool:
        """Whether these are the last bytes of a file that ends in a commit of this codec. Strict, unlike ``sniff``."""

    def create(
        self, target: Target, profile: Profile, options: Mapping[str, str] | None = None
    ) -> MediaWriter:
        """Begin a new file in an empty target. Raises ConfigError for an option this codec does not have."""

    def reopen(self, target: Target) -> MediaWriter:
        """Continue a file that ends in a commit and its journal; a length stated wrongly since a crash is put right.

        Raises CodecError when something else follows: cut it off first (``MediaReader.torn``).
        """

    def open(self, source: Source) -> MediaReader:
        """Read a file."""

    def picture(self, source: Source) -> bytes:
        """What the file looks like, as a PNG: a contact sheet of frames, a spectrogram of sound."""
