"""Pictures are found for what they show, in this file and in every file that is made of it."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner
from PIL import Image

import memcodec
from memcodec import Collection, Filter, Memory, Settings
from memcodec.cli import main
from memcodec.errors import ModelError, SourceError
from memcodec.file.document import find, original
from memcodec.models.clip import load
from memcodec.upkeep.compact import compact
from memcodec.upkeep.convert import convert
from memcodec.upkeep.merge import merge
from memcodec.upkeep.sight import index_pictures
from memcodec.upkeep.verify import verify
from tests.support import clip


def clip_model(folder: str) -> str:
    return load(folder).model


def picture(colour: str, shade: int = 0) -> bytes:
    out = BytesIO()
    rgb = tuple(abs(value - shade) for value in clip.COLOURS[colour])
    Image.new("RGB", (40, 30), rgb).save(out, "PNG")
    return out.getvalue()


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    return clip.made(tmp_path_factory.mktemp("clip") / "tiny")


@pytest.fixture(scope="module")
def settings(model: str) -> Settings:
    return Settings.of(codec="flac", model="none", image_model=model, ocr="never")


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory, settings: Settings) -> Path:
    folder = tmp_path_factory.mktemp("photos")
    for colour in clip.COLOURS:
        (folder / f"{colour}.png").write_bytes(picture(colour, shade=20))
    (folder / "notes.md").write_text("# Lamps\n\nA lamp is red.\n")
    file = folder / "photos.flac"
    with memcodec.create(file, settings=settings) as memory:
        memory.add_path(*sorted(folder.glob("*.png")), folder / "notes.md")
        memory.commit()
    return file


def found(memory: Memory | Collection, query: str | bytes | Path, **options: object) -> list[str]:
    return [hit.document.uri for hit in memory.search_pictures(query, **options)]  # type: ignore[arg-type]


@pytest.mark.parametrize("colour", clip.COLOURS)
def test_words_and_pictures_find_the_picture_that_is_like_them(
    file: Path, settings: Settings, colour: str
) -> None:
    with memcodec.open(file, settings=settings) as memory:
        assert found(memory, f"A {colour.upper()} lamp")[0] == f"{colour}.png"
        assert found(memory, picture(colour))[0] == f"{colour}.png"
        hits = memory.search_pictures(colour)
        assert len(hits) == 3 and hits[0].score > hits[1].score
        assert hits[0].text == f"{colour}.png\n" and memory.get(hits[0].chunk).document.uri == f"{colour}.png"


@pytest.mark.parametrize("codec", ["av1", "flac"])
def test_they_stand_where_the_record_says_in_every_medium(codec: str, model: str, tmp_path: Path) -> None:
    """The vectors are a commit's last blob: a reader must not take the file for one that was moved."""
    settings = Settings.of(codec=codec, model="none", image_model=model, ocr="never")
    folder = tmp_path / "photos"
    folder.mkdir()
    with memcodec.create(file := tmp_path / f"photos.{codec}", settings=settings) as memory:
        for colour in ("red", "blue"):
            (folder / f"{colour}.png").write_bytes(picture(colour))
            memory.add_path(folder)
            memory.commit()
            assert memory.reader.media.moved == 0
    with memcodec.open(file, settings=settings) as memory:
        assert found(memory, "blue") == ["blue.png", "red.png"] and memory.verify(deep=True).ok


def test_pictures_are_kept_and_a_filter_chooses_among_them(file: Path, settings: Settings) -> None:
    with memcodec.open(file, settings=settings) as memory:
        assert original(find(memory.reader, "red.png")) == picture("red", shade=20)
        assert found(memory, "red", only=Filter(path="b*")) == ["blue.png"]
        assert found(memory, "red", k=1) == ["red.png"]


def test_what_is_no_picture_or_no_model_is_one_line(file: Path, settings: Settings, tmp_path: Path) -> None:
    other = clip.made(tmp_path / "other", seed=5)
    with memcodec.open(file, settings=settings) as memory:
        with pytest.raises(SourceError, match="damaged picture"):
            memory.search_pictures(b"\x89PNG\r\n\x1a\n and no more")
        with pytest.raises(ModelError, match="no folder of a CLIP model"):
            memory.search_pictures("red", model="/nowhere")
        with pytest.raises(ModelError, match=r"no visual\.onnx"):
            memory.search_pictures("red", model=str(tmp_path))
        (tmp_path / "other" / "textual.onnx").write_bytes(b"no graph")
        with pytest.raises(ModelError, match="no CLIP model that can be used"):
            memory.search_pictures("red", model=other)
        clip.made(tmp_path / "other", seed=5)
        assert (
            "not searched: pictures that other models saw"
            in memory.search_pictures("red", model=other).notes[0]
        )


def test_a_new_version_takes_the_place_of_the_old(file: Path, settings: Settings, tmp_path: Path) -> None:
    copy = tmp_path / "copy.flac"
    copy.write_bytes(file.read_bytes())
    (file.parent / "red.png").write_bytes(picture("blue"))
    with memcodec.open(copy, settings=settings) as memory:
        memory.add_path(file.parent / "red.png")
        memory.commit()
        assert set(found(memory, "blue", k=2)) == {"red.png", "blue.png"}
        memory.forget(Filter(documents="blue.png"))
        assert found(memory, "blue") == ["red.png", "green.png"]


def compacted(file: Path, out: Path, settings: Settings) -> None:
    compact(file, out, settings=settings)


def merged(file: Path, out: Path, settings: Settings) -> None:
    merge([file, file], out)


def converted(file: Path, out: Path, settings: Settings) -> None:
    convert(file, out, settings=Settings.of(codec="flac", profile="robust"))


@pytest.mark.slow
@pytest.mark.parametrize("make", [compacted, merged, converted])
def test_a_file_that_is_made_of_it_finds_what_is_left(
    file: Path, settings: Settings, tmp_path: Path, make: Callable[[Path, Path, Settings], None]
) -> None:
    copy, out = tmp_path / "copy.flac", tmp_path / "out.flac"
    copy.write_bytes(file.read_bytes())
    with memcodec.open(copy, settings=settings) as memory:
        memory.forget(Filter(documents="green.png"))
    make(copy, out, settings)
    with memcodec.open(out, settings=settings) as memory:
        assert found(memory, "blue") == ["blue.png", "red.png"] and found(memory, "red")[0] == "red.png"
        assert verify(memory.reader).ok
        kept = {name for part in memory.reader.pictures for name in part.documents}
    assert len(kept) == (3 if make is converted else 2)  # what was forgotten is gone with the past alone


def test_a_tag_and_another_model_leave_pictures_to_be_found(
    file: Path, settings: Settings, model: str, tmp_path: Path
) -> None:
    copy, other = tmp_path / "copy.flac", clip.made(tmp_path / "other", seed=7)
    copy.write_bytes(file.read_bytes())
    with memcodec.open(copy) as memory:
        memory.tag(Filter(path="red.png"), tags={"place": "Cork"})
        assert found(memory, "red", model=model, only=Filter(tags={"place": "Cork"})) == ["red.png"]
    assert index_pictures(copy, model, []) == 0
    assert index_pictures(copy, other, []) == 3
    with memcodec.open(copy) as memory:
        assert found(memory, "blue", model=other)[0] == "blue.png"
        assert [part.model for part in memory.reader.pictures] == [clip_model(other)]


def test_originals_that_were_kept_are_seen_later(settings: Settings, model: str, tmp_path: Path) -> None:
    (tmp_path / "red.png").write_bytes(picture("red"))
    unseen = settings.with_options(image_model="none", keep_originals=True, index="none")
    with memcodec.create(tmp_path / "a.flac", settings=unseen) as memory:
        memory.add_path(tmp_path / "red.png")
        memory.commit()
        with pytest.raises(ModelError, match="no pictures to search"):
            memory.search_pictures("red", model=model)
    result = CliRunner().invoke(
        main, ["index", str(tmp_path / "a.flac"), "--image-model", model, "--model", "none"]
    )
    assert result.exit_code == 0 and "1 seen" in result.output


def test_many_small_commits_become_one_blob(settings: Settings, tmp_path: Path) -> None:
    with memcodec.create(tmp_path / "a.flac", settings=settings) as memory:
        for number in range(10):
            (tmp_path / f"{number}.png").write_bytes(picture("red", shade=number))
            memory.add_path(tmp_path / f"{number}.png")
            memory.commit()
        assert len(found(memory, "red", k=20)) == 10
        assert len(memory.reader.record.pictures) < 4


def test_the_command_searches_by_words_and_by_picture(file: Path, model: str, tmp_path: Path) -> None:
    (tmp_path / "like.png").write_bytes(picture("green"))
    for asked in (["green", str(file), "--images"], [str(file), "--image", str(tmp_path / "like.png")]):
        result = CliRunner().invoke(main, ["search", *asked, "--image-model", model, "-k", "1"])
        assert result.exit_code == 0, result.output
        assert "green.png" in result.output and "red.png" not in result.output
