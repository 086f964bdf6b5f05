"""Paper: pages printed, stained, turned, scanned, photographed come back byte for byte, or it is said what lacks."""

from __future__ import annotations

import io
import struct
import subprocess
import zlib
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

import memcodec
from fixtures.prose import prose
from memcodec.errors import ConfigError, Damaged, SourceError, StorageError
from memcodec.format import block, packet
from memcodec.format.block import Trained
from memcodec.share.paper import PrintOptions, finder, label, pictures, print_sheets, scan_sheets, symbol
from memcodec.share.paper.label import Label
from memcodec.share.paper.packets import SPARE, deal, shares
from memcodec.share.paper.page import PAPERS, Page
from memcodec.upkeep.compact import compact
from tests.support.memories import LEXICAL, append, contents, create, documents, forget, uris

Luma = npt.NDArray[np.uint8]
A4 = Page("a4", 300)
STAIN = 0.05  # of the page


@pytest.fixture(scope="module")
def memory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """30 KB of prose, on one page."""
    path = tmp_path_factory.mktemp("memory") / "small.mp4"
    return create(path, {f"{number}.md": prose(number, 3000) for number in range(10)})


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """200 KB of prose, on several pages."""
    path = tmp_path_factory.mktemp("memory") / "large.mp4"
    return create(path, {f"{number}.md": prose(number, 5000) for number in range(40)})


@pytest.fixture(scope="module")
def page(memory: Path, tmp_path_factory: pytest.TempPathFactory) -> Luma:
    """The one page of symbols of ``memory``."""
    return drawn(memory, tmp_path_factory.mktemp("pages"))[1]


@pytest.fixture(scope="module")
def pages(large: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Luma]:
    """The pages of ``large``, the first without symbols."""
    return drawn(large, tmp_path_factory.mktemp("pages"))


def drawn(memory: Path, folder: Path, options: PrintOptions | None = None) -> list[Luma]:
    report = print_sheets(memory, folder / "page.png", options)
    return [np.asarray(Image.open(file)) for file in report.files]


def saved(folder: Path, images: Sequence[Luma], suffix: str = ".png") -> list[Path]:
    paths = [folder / f"picture-{number}{suffix}" for number in range(len(images))]
    for path, image in zip(paths, images, strict=True):
        Image.fromarray(image).save(path, compress_level=1)
    return paths


def scanned(folder: Path, images: Sequence[Luma]) -> dict[str, list[str]]:
    """What comes back from pictures of pages, which must be all."""
    report = scan_sheets(saved(folder, images), folder / "back.mp4", settings=LEXICAL)
    assert report.complete
    return contents(folder / "back.mp4")


# What happens to paper


def stained(page: Luma, across: float, down: float) -> Luma:
    """A cup's ring that lets the print through, and a blot with soft edges that does not: together 5% of the page."""
    height, width = page.shape
    y, x = (each.astype(np.float32) for each in np.ogrid[:height, :width])
    ring_outer = np.sqrt(0.5 * STAIN * page.size / np.pi / (1 - 0.85**2))
    blot = np.sqrt(0.6 * STAIN * page.size / np.pi)
    distance = np.hypot(x - across * width, y - down * height)
    ring = (distance < ring_outer) & (distance > 0.85 * ring_outer)
    spot = np.hypot(x - across * width - ring_outer * 0.3, y - down * height) < blot
    brown = np.maximum(ring * np.float32(0.6), spot.astype(np.float32))
    assert np.mean(brown > 0) >= STAIN
    brown = cv2.GaussianBlur(brown, (0, 0), 5)
    return (page * (1 - brown) + 70 * brown).astype(np.uint8)


def on_scanner(page: Luma, dpi: int = 200, *, degrees: float = 1.0, seed: int = 0) -> Luma:
    """Laid askew on a grey scanner: Gaussian noise, and 2% of the pixels black or white."""
    rng = np.random.default_rng(seed)
    height, width = page.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    page = np.asarray(cv2.warpAffine(page, turn, (width, height), borderValue=255), np.uint8)
    scale = dpi / 300
    page = np.asarray(cv2.resize(page, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
    noisy = (page * 0.85 + 20 + rng.normal(0, 0.02 * 255, page.shape)).clip(0, 255).astype(np.uint8)
    flipped = rng.random(page.shape) < 0.02
    noisy[flipped] = np.where(rng.random(int(flipped.sum())) < 0.5, 0, 255)
    return noisy


def photographed(page: Luma, seed: int, quality: int = 60) -> bytes:
    """Held by hand, light from one side: 12 megapixels, perspective, a JPEG of quality 60."""
    rng = np.random.default_rng(seed)
    width, height = 3000, 4000
    frame = np.array([[150, 160], [2850, 160], [2850, 3840], [150, 3840]], np.float32)
    there = frame + rng.uniform(-110, 110, (4, 2)).astype(np.float32)
    here = np.array([[0, 0], [page.shape[1], 0], page.shape[::-1], [0, page.shape[0]]], np.float32)
    seen = cv2.warpPerspective(
        page, cv2.getPerspectiveTransform(here, there), (width, height), borderValue=90
    )
    x, y = np.linspace(0, 1, width), np.linspace(0, 1, height)[:, None]
    light = 1 - 0.35 * (0.6 * x + 0.4 * y)
    grey = cv2.GaussianBlur(seen, (0, 0), 0.8) * 0.9 * light + rng.normal(0, 4, seen.shape)
    file = io.BytesIO()
    Image.fromarray(grey.clip(0, 255).astype(np.uint8)).save(file, "JPEG", quality=quality)
    return file.getvalue()


# Round trips


@pytest.mark.slow
@pytest.mark.parametrize(("level", "paper"), list(zip(symbol.LEVELS, [*PAPERS, *PAPERS], strict=True)))
def test_pdf_and_back(memory: Path, tmp_path: Path, paper: str, level: str) -> None:
    options = PrintOptions(paper, 300, level)  # type: ignore[arg-type]
    report = print_sheets(memory, tmp_path / "sheets.pdf", options)
    assert report.files == (str(tmp_path / "sheets.pdf"),)
    assert report.size == (tmp_path / "sheets.pdf").stat().st_size < 400_000 * report.pages
    answer = scan_sheets(report.files, tmp_path / "back.mp4", settings=LEXICAL)
    assert answer.complete and answer.gathered.lacking == []
    assert answer.gathered.symbols == report.symbols == len(answer.gathered.packets)
    assert documents(tmp_path / "back.mp4") == documents(memory)
    assert contents(tmp_path / "back.mp4") == contents(memory)
    with memcodec.open(tmp_path / "back.mp4") as back:
        assert back.search("heron")


@pytest.mark.slow
def test_six_hundred_dots_an_inch(memory: Path, tmp_path: Path) -> None:
    images = drawn(memory, tmp_path, PrintOptions(dpi=600))
    assert images[1].shape == (7016, 4961)
    assert scanned(tmp_path, images[1:]) == contents(memory)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("across", "down", "dpi"),
    [(0.5, 0.5, 200), (0.3, 0.6, 300), (0.22, 0.16, 200), (0.7, 0.25, 300), (0.6, 0.82, 200)],
)
def test_noise_a_turn_and_a_coffee_stain(
    memory: Path, page: Luma, tmp_path: Path, across: float, down: float, dpi: int
) -> None:
    picture = on_scanner(stained(page, across, down), dpi)
    report = scan_sheets(saved(tmp_path, [picture]), tmp_path / "back.mp4", settings=LEXICAL)
    assert len(report.gathered.packets) < 48, "the stain costs symbols"
    assert report.complete and contents(tmp_path / "back.mp4") == contents(memory)


@pytest.mark.slow
def test_coarse_scans_are_looked_at_place_by_place(page: Luma) -> None:
    picture = on_scanner(page, 150)
    at_once = finder.FoundSymbols()
    at_once.take(finder.read_all(picture), lambda corners: corners)
    assert len(at_once.packets) < 40, "two pixels a module are few"
    assert len(finder.find(picture).packets) >= 46


@pytest.mark.slow
def test_every_page_stained_in_one_noisy_pdf(large: Path, pages: list[Luma], tmp_path: Path) -> None:
    spots = [(0.5, 0.5), (0.35, 0.35), (0.6, 0.65), (0.5, 0.3), (0.4, 0.6)]
    turns = (1.0, -1.0, 181.0, 1.0, -1.0)
    images = [
        Image.fromarray(on_scanner(stained(each, *spot), degrees=turn, seed=number))
        for number, (each, spot, turn) in enumerate(zip(pages[1:], spots, turns, strict=False))
    ]
    images[0].save(tmp_path / "scan.pdf", save_all=True, append_images=images[1:], resolution=200)
    report = scan_sheets([tmp_path / "scan.pdf"], tmp_path / "back.mp4", settings=LEXICAL)
    assert report.complete and report.repair.recovered > 0
    assert contents(tmp_path / "back.mp4") == contents(large)


@pytest.mark.slow
@pytest.mark.parametrize("quarter", [1, 2, 3])
def test_any_way_up(memory: Path, page: Luma, tmp_path: Path, quarter: int) -> None:
    assert scanned(tmp_path, [np.rot90(on_scanner(page), quarter)]) == contents(memory)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
def test_a_photograph(memory: Path, page: Luma, tmp_path: Path, seed: int) -> None:
    (tmp_path / "photo.jpg").write_bytes(photographed(page, seed))
    report = scan_sheets([tmp_path / "photo.jpg"], tmp_path / "back.mp4", settings=LEXICAL)
    assert report.complete and len(report.gathered.packets) >= 44
    assert contents(tmp_path / "back.mp4") == contents(memory)


@pytest.mark.slow
def test_any_order_one_twice_one_missing(large: Path, pages: list[Luma], tmp_path: Path) -> None:
    assert len(pages) >= 5, "four pages of symbols: any one may be lost"
    paths = saved(tmp_path, [pages[4], pages[0], pages[1], pages[3], pages[1]])
    report = scan_sheets(paths, tmp_path / "back.mp4", settings=LEXICAL)
    assert (report.complete, report.gathered.lacking, report.gathered.pictures) == (True, [3], 5)
    assert str(report.gathered).endswith("symbols were read; page 3 lacks")
    assert contents(tmp_path / "back.mp4") == contents(large)


@pytest.mark.slow
def test_history_comes_along(tmp_path: Path) -> None:
    path = create(tmp_path / "grown.flac", {"a": "old words", "b": prose(1, 3000)})
    append(path, {"a": "new words", "c": "more"})
    forget(path, "b")
    images = drawn(path, tmp_path)
    saved(tmp_path, images)
    report = scan_sheets(sorted(tmp_path.glob("picture*")), tmp_path / "back.flac", settings=LEXICAL)
    assert report.complete and (report.repair.commits, report.repair.codec) == (3, "flac")
    assert uris(tmp_path / "back.flac") == uris(path)
    assert contents(tmp_path / "back.flac") == contents(path)
    assert uris(tmp_path / "back.flac", as_of=1) == ["a", "b"]


@pytest.mark.slow
def test_a_compacted_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What compaction leaves names packets that stand nowhere; on paper all of them stand."""
    monkeypatch.setattr(
        block, "train", lambda samples, total, quoted: Trained(b"", total // 3)
    )  # it may hold what was dropped
    path = create(tmp_path / "grown.mp4", {f"{number}": prose(number, 30_000) for number in range(8)})
    append(path, {"late": prose(9, 500)})
    forget(path, *"345")
    monkeypatch.setattr("memcodec.upkeep.compact.SMALL", 10_000)
    compact(path, tmp_path / "compact.mp4")
    with memcodec.open(tmp_path / "compact.mp4") as memory:
        assert any(segment.record.void for segment in memory.reader.segments)
    report = print_sheets(tmp_path / "compact.mp4", tmp_path / "sheets.pdf")
    back = scan_sheets(report.files, tmp_path / "back.mp4", settings=LEXICAL)
    assert back.complete and back.repair.recovered == 0
    assert contents(tmp_path / "back.mp4") == contents(tmp_path / "compact.mp4")


@pytest.mark.slow
def test_a_tiff_of_many_pages_in_sixteen_bits(memory: Path, page: Luma, tmp_path: Path) -> None:
    deep = Image.fromarray(page.astype(np.uint16) * 257)
    deep.save(tmp_path / "scan.tif", save_all=True, append_images=[deep])
    report = scan_sheets([tmp_path / "scan.tif"], tmp_path / "back.mp4", settings=LEXICAL)
    assert report.complete and report.gathered.pictures == 2


@pytest.mark.slow
def test_a_stranger_with_zbarimg(memory: Path, page: Luma, tmp_path: Path) -> None:
    """Nothing of memcodec: another reader, base45 and CRC32C (through Python's own arithmetic) by the page's words."""
    [path] = saved(tmp_path, [page])
    command = [
        "zbarimg",
        "-q",
        "--raw",
        "-Sdisable",
        "-Sqrcode.enable",
        path,
    ]  # it sees other codes in their modules
    read = subprocess.run(command, capture_output=True, check=True).stdout
    alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
    packets, labels = [], []
    for line in read.decode().removesuffix("\n").split("\n"):
        if line.startswith("MEMCODEC SHEET"):
            labels.append(line)
            continue
        digits = [alphabet.index(character) for character in line]
        groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
        values = [(sum(d * 45**power for power, d in enumerate(group)), len(group) - 1) for group in groups]
        packets.append(b"".join(value.to_bytes(size, "big") for value, size in values))
    assert len(set(labels)) == 1 and len(labels) == 2
    assert len(packets) == 48 and all(each[:3] == b"mc\1" for each in packets)
    data = {each[12:16]: each[24:] for each in packets if each[3] == 0}
    stream = b"".join(data[struct.pack("<I", number)] for number in range(len(data)))
    assert stream[0:1] in b"DMB" and b'"codec":"av1"' in stream[-400:]


# Too much lost


@pytest.mark.slow
def test_what_is_left_is_saved_and_the_rest_named(large: Path, pages: list[Luma], tmp_path: Path) -> None:
    paths = saved(tmp_path, pages[:3])
    report = scan_sheets(paths, tmp_path / "back.mp4", settings=LEXICAL)
    assert not report.complete and report.gathered.lacking == list(range(4, len(pages) + 1))
    back, whole = contents(tmp_path / "back.mp4"), contents(large)
    assert back and back == {uri: whole[uri] for uri in back}
    assert {loss.document.uri for loss in report.repair.losses} == whole.keys() - back.keys()


@pytest.mark.slow
def test_too_little_for_any_document(page: Luma, tmp_path: Path) -> None:
    hidden = page.copy()
    hidden[A4.top : A4.origin(30)[1] + 100] = 255  # the stream's beginning, and more than parity brings back
    with pytest.raises(Damaged, match=r"12 of 48 symbols were read: too few for any document"):
        scan_sheets(saved(tmp_path, [hidden]), tmp_path / "back.mp4")
    assert not (tmp_path / "back.mp4").exists()


@pytest.mark.slow
def test_instructions_alone(pages: list[Luma], tmp_path: Path) -> None:
    with pytest.raises(Damaged, match=rf"0 of {48 * (len(pages) - 1)} symbols were read; pages 2, 3"):
        scan_sheets(saved(tmp_path, pages[:1]), tmp_path / "back.mp4")


@pytest.mark.slow
def test_a_commit_that_vanished_is_missed(tmp_path: Path) -> None:
    path = create(tmp_path / "two.mp4", {"a": prose(1, 3000)})
    append(path, {"b": "short"})
    image = drawn(path, tmp_path, PrintOptions(parity=0))[1].copy()
    found = finder.find(image)
    [lone] = [corners for data, corners in found.packets.items() if data[8] == 2]
    left, top = lone.min(axis=0).astype(int)
    image[top - 4 : top + 360, left - 4 : left + 344] = 255
    report = scan_sheets(saved(tmp_path, [image]), tmp_path / "back.mp4", settings=LEXICAL)
    assert (report.unseen, report.complete, report.repair.complete) == (1, False, True)
    assert uris(tmp_path / "back.mp4") == ["a"]


@pytest.mark.slow
def test_pages_that_do_not_belong_together(
    memory: Path, page: Luma, pages: list[Luma], tmp_path: Path
) -> None:
    with pytest.raises(ConfigError, match="2 memories"):
        scan_sheets(saved(tmp_path, [page, pages[1]]), tmp_path / "back.mp4")
    other = drawn(memory, tmp_path, PrintOptions(level="Q"))[1]
    with pytest.raises(ConfigError, match="`level`"):
        scan_sheets(saved(tmp_path, [page, other]), tmp_path / "back.mp4")
    more = drawn(memory, tmp_path / "..", PrintOptions(parity=90))[1]
    assert scanned(tmp_path, [page, more]) == contents(memory), "another rate of parity does no harm"


# Refusals


@pytest.mark.slow
def test_too_many_pages_are_refused_with_an_estimate(large: Path, pages: list[Luma], tmp_path: Path) -> None:
    count = len(pages)
    with pytest.raises(ConfigError, match=rf"would fill {count} pages \(.* a page\).*`pages` {count}"):
        print_sheets(large, tmp_path / "sheets.pdf", PrintOptions(pages=count - 1))
    assert list(tmp_path.iterdir()) == []
    assert print_sheets(large, tmp_path / "sheets.pdf", PrintOptions(pages=count)).pages == count


def test_nothing_is_overwritten(memory: Path, page: Luma, tmp_path: Path) -> None:
    (tmp_path / "sheets-2.png").write_text("mine")
    with pytest.raises(StorageError, match="`force=True`"):
        print_sheets(memory, tmp_path / "sheets.png")
    assert [each.name for each in tmp_path.iterdir()] == ["sheets-2.png"]
    with pytest.raises(StorageError, match="`force=True`"):
        scan_sheets(saved(tmp_path, [page]), tmp_path / "sheets-2.png")
    assert (tmp_path / "sheets-2.png").read_text() == "mine"


@pytest.mark.parametrize(
    "options", [{"dpi": 72}, {"level": "X"}, {"paper": "a3"}, {"parity": -1}, {"pages": 0}]
)
def test_impossible_options(memory: Path, tmp_path: Path, options: dict[str, object]) -> None:
    with pytest.raises(ConfigError):
        print_sheets(memory, tmp_path / "sheets.pdf", PrintOptions(**options))  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match=r"\.pdf or \.png"):
        print_sheets(memory, tmp_path / "sheets.gif")


@pytest.mark.parametrize("side", [13_000, 60_000])
def test_a_bomb_is_not_unpacked(tmp_path: Path, side: int) -> None:
    chunks = [
        (b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(b"\0" * 10**6)),
    ]
    packed = [
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in chunks
    ]
    (tmp_path / "bomb.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(packed))
    with pytest.raises(SourceError, match="too large"):
        list(pictures.read(tmp_path / "bomb.png"))


def test_a_huge_pdf_page_is_drawn_small(page: Luma, tmp_path: Path) -> None:
    Image.fromarray(page).save(tmp_path / "huge.pdf", resolution=18)  # 3.5 m wide
    [picture] = pictures.read(tmp_path / "huge.pdf")
    assert picture.size <= 40_100_000
    assert len(finder.find(picture).packets) == 48


@pytest.mark.parametrize("data", [b"", b"words", b"%PDF-1.7 nothing", b"\x89PNG\r\n\x1a\n"])
def test_no_picture(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "file").write_bytes(data)
    with pytest.raises(SourceError):
        scan_sheets([tmp_path / "file"], tmp_path / "back.mp4")
    with pytest.raises(SourceError, match="cannot be read"):
        scan_sheets([tmp_path / "nowhere"], tmp_path / "back.mp4")


@pytest.mark.slow
def test_a_picture_cut_short(page: Luma, tmp_path: Path) -> None:
    (tmp_path / "cut.jpg").write_bytes(photographed(page, 0)[:200_000])
    with pytest.raises(SourceError, match="damaged"):
        scan_sheets([tmp_path / "cut.jpg"], tmp_path / "back.mp4")


def test_a_picture_of_something_else(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (400, 300)).astype(np.uint8)
    with pytest.raises(SourceError, match="no symbol"):
        scan_sheets(saved(tmp_path, [noise]), tmp_path / "back.mp4")


# Laws


@given(st.binary(min_size=1, max_size=60))
@settings(deadline=None)
def test_base45(payload: bytes) -> None:
    made = packet.Packet(packet.DATA, b"abcd", 1, 0, 0, len(payload), payload).to_bytes()
    assert symbol.decode(symbol.encode(made).encode()) == made
    assert symbol.encode(b"Hello!!") == "%69 VD92EX0"  # RFC 9285, section 4.3, example 2


@given(st.binary(max_size=40))
@settings(deadline=None)
def test_no_text_is_trusted(text: bytes) -> None:
    assert symbol.decode(text) is None
    assert label.parse(text) is None


@given(
    st.tuples(*[st.text("0123456789abcdef", min_size=8, max_size=8)] * 2),
    st.tuples(st.integers(1, 9999), st.integers(0, 999), st.integers(0, 99_999), st.integers(0, 9999)),
)
@settings(deadline=None)
def test_labels_say_what_they_mean(names: tuple[str, str], numbers: tuple[int, int, int, int]) -> None:
    made = Label(*names, 1, *numbers)
    assert label.parse(str(made).encode()) == made
    assert symbol.draw(str(made), label.LEVEL, label.VERSION).shape == (37, 37)


@given(st.lists(st.integers(1, 130), min_size=1, max_size=20), st.sampled_from([42, 48]))
@settings(deadline=None)
def test_every_page_has_its_share_of_every_commit(sizes: list[int], slots: int) -> None:
    made = shares(sizes, 0.4, slots)
    streams = [[bytes([number, 0])] * (share.data + share.parity) for number, share in enumerate(made)]
    dealt = deal(streams, slots)
    assert sum(map(len, streams)) == len(dealt) * slots, "parity fills the last page"
    for number, share in enumerate(made):
        assert share.parity >= 0.4 * share.data + SPARE
        counts = [sum(each[0] == number for each in page_) for page_ in dealt]
        # Others' packets round where a page begins, each by one at most.
        assert max(counts) <= -(-len(streams[number]) // len(dealt)) + len(sizes)


@given(st.integers(1, 900), st.sampled_from([42, 48]))
@settings(deadline=None)
def test_any_one_page_of_four_may_be_lost(size: int, slots: int) -> None:
    [share] = shares([size], 0.4, slots)
    count = (share.data + share.parity) // slots
    if count >= 4:
        assert (count - 1) * slots >= share.needed
    [share] = shares([size], 1.0, slots)
    count = (share.data + share.parity) // slots
    if count >= 2:
        assert (count - 1) * slots >= share.needed


@pytest.mark.parametrize("paper", PAPERS)
def test_a_stain_of_a_twentieth_anywhere_on_every_page(paper: str) -> None:
    """A round stain that leaves nothing of the symbols it touches: fewer than parity brings back."""
    page = Page(paper, 300)  # type: ignore[arg-type]
    side = symbol.SIDE * page.module
    radius = np.sqrt(STAIN * page.size[0] * page.size[1] / np.pi)
    y, x = np.mgrid[0 : page.size[1] : 23, 0 : page.size[0] : 23]
    hit = np.zeros(x.shape, int)
    for slot in range(page.slots):
        left, top = page.origin(slot)
        aside = np.maximum(np.maximum(left - x, x - left - side), 0)
        above = np.maximum(np.maximum(top - y, y - top - side), 0)
        hit += np.hypot(aside, above) < radius
    for size in range(1, 900):
        [share] = shares([size], 0.4, page.slots)
        count = (share.data + share.parity) // page.slots
        assert share.data + share.parity - count * hit.max() >= share.needed


@pytest.mark.slow
@pytest.mark.parametrize("paper", PAPERS)
def test_printers_can_print_the_margins(memory: Path, tmp_path: Path, paper: str) -> None:
    for image in drawn(memory, tmp_path, PrintOptions(paper)):  # type: ignore[arg-type]
        rows, columns = np.nonzero(image < 255)
        margin = round(12 / 25.4 * 300)
        assert min(columns.min(), rows.min()) >= margin
        assert columns.max() < image.shape[1] - margin and rows.max() < image.shape[0] - margin
