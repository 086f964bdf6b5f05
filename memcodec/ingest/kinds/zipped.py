"""Documents that are zip files of XML parts (OOXML, ODF, EPUB; ISO/IEC 21320-1), read within bounds.

XML is parsed without DTDs, entities or network; a part that declares entities is refused.
"""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING
from urllib.parse import unquote

from memcodec.config.units import format_size
from memcodec.errors import SourceError
from memcodec.ingest.kinds.limits import check_members, check_unpacked, library

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

MAX_PART = 1 << 27  #: bytes of one part: its tree takes about ten times as much memory
_PIECE = 1 << 20
METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}  #: all that ISO/IEC 21320-1 allows


def open_zip(data: bytes, name: str) -> zipfile.ZipFile:
    """The zip file ``data``. Raises SourceError when it is none, holds too many files or unpacks to too much."""
    try:
        opened = zipfile.ZipFile(BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OSError, EOFError, NotImplementedError) as error:
        raise SourceError(f"{name}: not a sound zip file ({error})") from error
    infos = opened.infolist()
    check_members(sum(not info.is_dir() for info in infos), name)
    # a member never gives more than its declared size, so the sum of these is a bound
    check_unpacked(sum(info.file_size for info in infos), len(data), name)
    return opened


class Package:
    """The parts of the zip file ``data``. Raises SourceError when it is none, or unpacks to too much."""

    def __init__(self, data: bytes, name: str) -> None:
        self.name = name
        self._zip = open_zip(data, name)
        self._parts = {info.filename: info for info in self._zip.infolist()}

    def __contains__(self, part: object) -> bool:
        return part in self._parts

    @property
    def parts(self) -> list[str]:
        """The names of the parts, in the order they are stored."""
        return list(self._parts)

    def read(self, part: str) -> bytes:
        """The bytes of a part. Raises SourceError when it is missing, damaged or too large."""
        info = self._sound(part)
        if info.file_size > MAX_PART:
            raise SourceError(f"{self.name}: {part[:80]!r} is larger than {format_size(MAX_PART)}; split it")
        return b"".join(self.pieces(part))

    def pieces(self, part: str) -> Iterator[bytes]:
        """The bytes of a part of any size, piece by piece. Raises SourceError when it is missing or damaged."""
        info = self._sound(part)
        try:
            with self._zip.open(info) as opened:
                while piece := opened.read(_PIECE):
                    yield piece
        except Exception as error:
            raise SourceError(f"{self.name}: damaged: {part[:80]!r} does not unpack ({error})") from error

    def _sound(self, part: str) -> zipfile.ZipInfo:
        info = self._parts.get(part)
        if info is None:
            raise SourceError(f"{self.name}: damaged: the part {part[:80]!r} is missing")
        if info.flag_bits & 1:
            raise SourceError(f"{self.name}: encrypted; save it without a password")
        if info.compress_type not in METHODS:
            raise SourceError(f"{self.name}: {part[:80]!r} is packed in a way that such files never are")
        return info

    def xml(self, part: str) -> Element:
        """The root element of a part. Raises SourceError."""
        return parse_xml(self.read(part), f"{self.name}: {part[:80]!r}")

    def texts(self, part: str) -> dict[str, str]:
        """What the elements of a part say, by their names without namespaces; nothing where there is no such part."""
        elements = self.xml(part).iter() if part in self else ()
        return {local(element): (element.text or "").strip() for element in elements}

    def resolve(self, base: str, target: str) -> str:
        """The part that ``target``, a relative reference in the part ``base``, names."""
        path = unquote(target.partition("#")[0])
        return posixpath.normpath(posixpath.join("/", posixpath.dirname(base), path)).lstrip("/")


def local(element: Element) -> str:
    """The element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def parse_xml(data: bytes, name: str) -> Element:
    """The root element of XML 1.0 from a stranger. Raises SourceError when damaged or when it declares entities."""
    etree = library("lxml.etree", "documents", "this file")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root: Element = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        if getattr(error, "code", None) == etree.ErrorTypes.ERR_NO_MEMORY:
            raise SourceError(f"{name}: this XML needs more memory than allowed; split the file") from error
        raise SourceError(f"{name}: damaged XML: {' '.join(str(error).split())[:120]}") from error
    internal = root.getroottree().docinfo.internalDTD
    if internal is not None and any(True for _ in internal.iterentities()):
        raise SourceError(f"{name}: declares XML entities, as XML bombs do; not read")
    return root
