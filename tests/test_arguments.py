"""The whole public face refuses what it does not know: unknown names, wrong types, numbers that cannot be meant."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, NamedTuple

import pytest

import memcodec
from memcodec import Collection, Filter, Memory, Settings
from memcodec.arguments import Count, Share, checked
from memcodec.config.settings import KEYS, Ingest, Options
from memcodec.errors import ConfigError
from memcodec.jobs.client import JobHandle

WRONG: dict[str, Any] = {
    "int": 3,
    "negative": -3,
    "true": True,
    "float": 0.5,
    "nan": math.nan,
    "none": None,
    "str": "x",
    "bytes": b"x",
    "list": ["x"],
    "numbers": [3],
    "object": object(),
    "letters": {"x": 3},
}
SEVERAL = {"list"}
PLACE = {"str", "bytes"}
#: by the annotation, which of these are right; every annotation of the face has a line
RIGHT: dict[str, set[str]] = {
    "Collection[str]": SEVERAL,
    "By": set(),
    "Count": {"int"},
    "Kind": set(),
    "Share": {"float"},
    "Number | datetime": {"int"},
    "Number | datetime | None": {"int", "none"},
    "Document": set(),
    "Document | str": {"str"},
    "FilePath": {"str"},
    "FilePath | Memory": {"str"},
    "FilePath | Sequence[FilePath] | None": {"str", "none", *SEVERAL},
    "FilePath | None": {"str", "none"},
    "FilePath | Sequence[FilePath]": {"str", *SEVERAL},
    "Filter": set(),
    "Filter | None": {"none"},
    "Ingest | None": {"none"},
    "Hit | Document | str": {"str"},
    "Iterable[Item]": set(),
    "Mapping[str, str]": set(),
    "Mapping[str, str] | None": {"none"},
    "Mapping[str, str] | str | Iterable[str]": {"str", *SEVERAL},
    "Mode": set(),
    "Number": {"int"},
    "Options | None": {"none"},
    "PlaceLike": PLACE,
    "PlaceLike | Iterable[PlaceLike]": PLACE | SEVERAL,
    "PlaceLike | None": {*PLACE, "none"},
    "Progress | None": {"none"},
    "Callable[[int, int], None] | None": {"none"},
    "Seconds": {"int", "float"},
    "Seconds | None": {"int", "float", "none"},
    "Sequence[Item]": set(),
    "Sequence[PlaceLike]": SEVERAL,
    "Sequence[str]": SEVERAL,
    "Durability": set(),
    "Settings": set(),
    "Settings | None": {"none"},
    "Share | None": {"float", "none"},
    "Shown": PLACE,
    "SpanCache | None": {"none"},
    "bool": {"true"},
    "datetime | None": {"none"},
    "datetime | str | None": {"str", "none"},
    "str | Sequence[str] | None": {"str", "none", *SEVERAL},
    "Use": set(),
    "bytes": {"bytes"},
    "str": {"str"},
    "str | Callable[[], str] | None": {"str", "none"},
    "tuple[int, int] | None": {"none"},
    "str | Document | Iterable[str | Document]": {"str", *SEVERAL},
    "str | Iterable[str]": {"str", *SEVERAL},
    "str | None": {"str", "none"},
    "str | Query": {"str"},
    "str | bytes": PLACE,
}


class Call(NamedTuple):
    """One public function, and what it wants to be given at least."""

    name: str
    function: Callable[..., Any]
    given: dict[str, Any]


GIVEN: dict[str, Any] = {
    "a": 1,
    "as_of": 1,
    "chunk": 0,
    "commit": 1,
    "document": "x",
    "file": "x.mp4",
    "files": ["x.mp4"],
    "folder": "x",
    "items": [],
    "key": "x",
    "name": "x",
    "proof": b"x",
    "only": Filter(path="*"),
    "out": "x.mp4",
    "query": "x",
    "size": 1,
    "sources": "x",
    "text": "x",
    "uri": "x",
    "use": "any",
    "what": "x",
}


def methods(face: type[Any]) -> Iterator[str]:
    for name, method in inspect.getmembers(face):
        if not name.startswith("_") and (inspect.isfunction(method) or isinstance(method, classmethod)):
            yield name


def calls() -> Iterator[Call]:
    memory = memcodec.create(model="none")
    memory.add("A heron.", uri="x")
    memory.commit()
    faces = {
        "Memory": memory,
        "Collection": Collection(memory.to_bytes()),
        "Filter": Filter(),
        "JobHandle": JobHandle(1),
    }
    for kind, face in faces.items():
        for name in methods(type(face)):
            yield named(f"{kind}.{name}", getattr(face, name))
    for name in memcodec.__all__:
        if inspect.isfunction(function := getattr(memcodec, name)):
            yield named(name, function)
    yield named("allow_memory", memcodec.memory.allow_memory)
    yield from (named(kind.__name__, kind) for kind in (Collection, Filter))


def named(name: str, function: Callable[..., Any]) -> Call:
    wanted = [
        each.name for each in inspect.signature(function).parameters.values() if each.default is each.empty
    ]
    return Call(name, function, {each: GIVEN[each] for each in wanted})


CALLS = list(calls())


def called(call: Call, given: Mapping[str, Any]) -> Any:
    several = [value for name, value in given.items() if name == "sources"]
    return call.function(*several, **{name: value for name, value in given.items() if name != "sources"})


@pytest.mark.parametrize("call", CALLS, ids=[call.name for call in CALLS])
def test_an_unknown_name_is_refused(call: Call) -> None:
    with pytest.raises(TypeError, match=r"\(\) got an unexpected keyword argument 'tagz'"):
        called(call, {**call.given, "tagz": {"user": "ada"}})


@pytest.mark.parametrize("call", CALLS, ids=[call.name for call in CALLS])
def test_a_wrong_type_is_refused_and_named(call: Call) -> None:
    for name, parameter in inspect.signature(call.function).parameters.items():
        for kind, wrong in WRONG.items():
            if kind not in RIGHT[parameter.annotation]:
                with pytest.raises((TypeError, ConfigError), match=rf"\b{name} is .*; give "):
                    called(call, {**call.given, name: wrong})
                    pytest.fail(f"{call.name} takes {name}={wrong!r}")


def test_what_is_missing_is_named() -> None:
    with pytest.raises(TypeError, match=r"Memory\.add\(\) missing a required argument: 'text'"):
        memcodec.create().add()  # type: ignore[call-arg]


def test_a_value_that_is_not_allowed_is_a_value_error_and_ours() -> None:
    memory = memcodec.create(model="none")
    for wrong in ({"k": 0}, {"k": -1}, {"mode": "fuzzy"}, {"diverse": 2}, {"diverse": math.nan}):
        with pytest.raises(ValueError, match="; give ") as caught:
            memory.search("x", **wrong)  # type: ignore[arg-type]
        assert isinstance(caught.value, memcodec.MemcodecError)


def test_settings_are_typed_by_their_names_and_held_against_their_rules() -> None:
    assert set(Options.__annotations__) == {key.name for key in KEYS}
    for key in KEYS:
        for kind, wrong in WRONG.items():
            if kind in ("negative", "nan", "object", "letters", "numbers"):
                with pytest.raises(ConfigError, match=f"{key.name}.*is not allowed"):
                    Settings.of(**{key.name: wrong})
    with pytest.raises(ConfigError, match="unknown setting colour; did you mean"):
        Settings.of(colour=3)  # type: ignore[call-arg]
    with pytest.raises(ConfigError, match=r"ingest\.max_depth: -1 is not allowed"):
        Ingest(max_depth=-1)
    with pytest.raises(TypeError, match="encode is 3; give an Encode"):
        Settings(encode=3)  # type: ignore[arg-type]


# How annotations are read


@checked
def taken(
    several: Iterable[str] = (),
    number: Count = 1,
    share: Share | None = None,
    word: Literal["a", "b"] = "a",
    when: datetime | None = None,
) -> Any:
    return list(several), number, share, word, when


def test_what_can_be_gone_through_once_is_held_as_it_goes() -> None:
    assert taken(iter(["a", "b"]))[0] == ["a", "b"]
    with pytest.raises(TypeError, match="is 3; give a str"):
        taken(each for each in ["a", 3])  # type: ignore[misc]


def test_numbers_of_other_libraries_are_numbers() -> None:
    import numpy as np

    found = taken(number=np.int64(3), share=np.float32(0.5))  # type: ignore[arg-type]
    assert found[1:3] == (3, 0.5)
    assert type(found[1]) is int


def test_a_path_and_a_subclass_are_what_they_are(tmp_path: Path) -> None:
    class Name(str):
        __slots__ = ()

    memory = memcodec.create(tmp_path / "x.mp4", model=Name("none"))
    assert isinstance(memory, Memory)
    memory.close()
