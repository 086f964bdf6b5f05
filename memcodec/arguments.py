"""What a caller gives a public function, held against its annotations before the function runs.

A wrong type is a TypeError, as Python's own calls raise; a value that is not allowed is a ConfigError, a ValueError. So
nothing that is misspelt or misplaced is passed over.
"""

from __future__ import annotations

import collections.abc
import functools
import inspect
import math
import numbers
import operator
import types
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Annotated, Any, Literal, NamedTuple, ParamSpec, TypeVar

from memcodec.errors import ConfigError

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Within:
    """The least and the greatest that a number may be, both included."""

    low: float
    high: float = math.inf


Count = Annotated[int, Within(1)]
Number = Annotated[int, Within(0)]
Seconds = Annotated[float, Within(0)]
Share = Annotated[float, Within(0, 1)]


class _Rule(NamedTuple):
    """``take`` gives the value to use; it raises TypeError, or ValueError for one of the right type."""

    wanted: str
    take: Callable[[Any], Any]


def checked(function: Callable[P, T]) -> Callable[P, T]:
    """The function, which refuses what its annotations do not allow; ``**options`` of a TypedDict are spelled out."""
    signature = _spelled_out(function)

    @functools.cache
    def rules() -> dict[str, _Rule]:
        hints = _hints(function)
        return {name: _rule(hints.get(name, Any)) for name in signature.parameters}

    @functools.wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            given = signature.bind(*args, **kwargs)
        except TypeError as error:
            raise TypeError(f"{_called(function, args)}() {error}") from None
        for name, value in given.arguments.items():
            rule, where = rules()[name], f"{_called(function, args)}(): {name}"
            if signature.parameters[name].kind is inspect.Parameter.VAR_POSITIONAL:
                given.arguments[name] = tuple(_taken(rule, each, where) for each in value)
            else:
                given.arguments[name] = _taken(rule, value, where)
        return function(*given.args, **given.kwargs)

    call.__signature__ = signature  # type: ignore[attr-defined]
    return call


def _called(function: Callable[..., Any], args: tuple[Any, ...]) -> str:
    """A function as its callers know it: a method by the class of what it was called on."""
    name, owner = function.__name__, function.__qualname__.rpartition(".")[0]
    if not owner or not args or isinstance(args[0], type):
        return function.__qualname__
    return f"{type(args[0]).__name__}.{name}"


def check_fields(made: Any) -> None:
    """The same for the fields of a dataclass, from its ``__post_init__``."""
    kind: Any = type(made)
    for name, rule in _field_rules(kind).items():
        value = _taken(rule, getattr(made, name), f"{kind.__name__}(): {name}")
        object.__setattr__(made, name, value)


@functools.cache
def _field_rules(kind: Any) -> dict[str, _Rule]:
    hints = typing.get_type_hints(kind, include_extras=True)
    return {each.name: _rule(hints[each.name]) for each in fields(kind) if each.init}


def _taken(rule: _Rule, value: Any, where: str) -> Any:
    try:
        return rule.take(value)
    except TypeError:
        raise TypeError(f"{where} is {_shown(value)}; give {rule.wanted}") from None
    except ValueError as error:
        if isinstance(error, ConfigError):
            raise
        raise ConfigError(f"{where} is {_shown(value)}; give {rule.wanted}") from None


def _shown(value: object) -> str:
    if value is None or isinstance(value, bool | int | float):
        return repr(value)
    short = isinstance(value, str) and len(value) <= _LONGEST
    return f"the {type(value).__name__} {value!r}" if short else f"of type {type(value).__name__}"


_LONGEST = 40  # characters of a value that an error quotes


# Signatures


def _options(function: Callable[..., Any]) -> Any:
    """The TypedDict that a function takes as ``**options: Unpack[SomeTypedDict]``; None without one."""
    for each in inspect.signature(function).parameters.values():
        if each.kind is each.VAR_KEYWORD:
            holder = types.SimpleNamespace(__annotations__={"options": each.annotation})
            (unpacked,) = typing.get_type_hints(holder, function.__globals__).values()
            return typing.get_args(unpacked)[0]
    return None


def _hints(function: Callable[..., Any]) -> dict[str, Any]:
    """Of what it takes; what it gives may be of a module that is not loaded yet."""
    taken = {name: kind for name, kind in function.__annotations__.items() if name != "return"}
    hints = typing.get_type_hints(
        types.SimpleNamespace(__annotations__=taken), function.__globals__, include_extras=True
    )
    options = _options(function)
    return hints | (typing.get_type_hints(options, include_extras=True) if options is not None else {})


def _spelled_out(function: Callable[..., Any]) -> inspect.Signature:
    """The signature with every option by its name; one that is not given is off."""
    signature, options = inspect.signature(function), _options(function)
    if options is None:
        return signature
    kept = [each for each in signature.parameters.values() if each.kind is not each.VAR_KEYWORD]
    written = {name: getattr(kind, "__forward_arg__", kind) for name, kind in options.__annotations__.items()}
    spelled = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=_off(kind), annotation=kind)
        for name, kind in written.items()
    ]
    return signature.replace(parameters=[*kept, *spelled])


def _off(kind: Any) -> bool | None:
    return False if kind in ("bool", bool) else None


# Types


def _rule(kind: Any) -> _Rule:
    origin, args = typing.get_origin(kind), typing.get_args(kind)
    if origin is Annotated:
        return _within(args[0], args[1])
    if origin is Literal:
        return _one_of(args)
    if origin in (typing.Union, types.UnionType):
        return _any_of([_rule(each) for each in args])
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return _mapping(*map(_rule, args))
    if origin in (collections.abc.Iterable, collections.abc.Collection, collections.abc.Sequence, list):
        return _many(origin, _rule(args[0]))
    if origin is not None:
        kind = origin
    return _plain(kind)


def _plain(kind: Any) -> _Rule:
    if kind in (Any, object) or isinstance(kind, TypeVar):
        return _Rule("anything", lambda value: value)
    if kind in (None, types.NoneType):
        return _instance("None", types.NoneType)
    if kind is int:
        return _Rule("an int", _whole)
    if kind is float:
        return _Rule("a number", _number)
    if kind is collections.abc.Callable:
        return _Rule("a callable", lambda value: value if callable(value) else _wrong())
    return _instance(_a(kind.__name__), kind)


def _instance(wanted: str, kind: type[Any]) -> _Rule:
    return _Rule(wanted, lambda value: value if isinstance(value, kind) else _wrong())


def _a(name: str) -> str:
    return f"{'an' if name[0] in 'aeiouAEIOU' else 'a'} {name}"


def _wrong() -> Any:
    raise TypeError


def _whole(value: Any) -> int:
    """Also of NumPy; a bool is none."""
    return _wrong() if isinstance(value, bool) else operator.index(value)


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise TypeError
    try:
        number = float(value)
    except OverflowError:
        raise ValueError from None
    if math.isnan(number):
        raise ValueError
    return number


def _within(kind: Any, bounds: Within) -> _Rule:
    rule = _rule(kind)
    more = f"from {bounds.low:g} to {bounds.high:g}" if bounds.high < math.inf else f"{bounds.low:g} or more"

    def take(value: Any) -> Any:
        number = rule.take(value)
        if not bounds.low <= number <= bounds.high:
            raise ValueError
        return number

    return _Rule(f"{rule.wanted}, {more}", take)


def _one_of(allowed: tuple[Any, ...]) -> _Rule:
    def take(value: Any) -> Any:
        if not isinstance(value, tuple({type(each) for each in allowed})):
            raise TypeError
        if value not in allowed:
            raise ValueError
        return value

    return _Rule(_listed([repr(each) for each in allowed]), take)


def _any_of(rules: list[_Rule]) -> _Rule:
    def take(value: Any) -> Any:
        found: type[Exception] = TypeError
        for rule in rules:
            try:
                return rule.take(value)
            except TypeError:
                continue
            except ValueError:
                found = ValueError  # of the right type
        raise found

    return _Rule(_listed([rule.wanted for rule in rules]), take)


def _listed(names: list[str]) -> str:
    return f"{', '.join(names[:-1])} or {names[-1]}" if len(names) > 1 else names[0]


def _mapping(keys: _Rule, values: _Rule) -> _Rule:
    def take(value: Any) -> Any:
        if not isinstance(value, Mapping):
            raise TypeError
        for key, each in value.items():
            keys.take(key), values.take(each)
        return value

    return _Rule(f"a mapping of {keys.wanted} to {values.wanted}", take)


def _many(kind: type[Any], each: _Rule) -> _Rule:
    """Several: no text or bytes, which could be gone through, too. What is gone through once is held as it goes."""

    def take(value: Any) -> Any:
        if not isinstance(value, kind) or isinstance(value, str | bytes | bytearray | memoryview | Mapping):
            raise TypeError
        if not isinstance(value, collections.abc.Collection):
            return _as_it_goes(value, each)
        for one in value:
            each.take(one)
        return value

    return _Rule(f"several, each {each.wanted}", take)


def _as_it_goes(values: Iterable[Any], rule: _Rule) -> Iterator[Any]:
    return (_taken(rule, each, "one of several") for each in values)
