"""Calls of models and tools: made and recorded, or answered from the record."""

from __future__ import annotations

import asyncio
import functools
import inspect
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from memcodec.agents.runs import failures, streams
from memcodec.agents.runs.player import Ask
from memcodec.agents.runs.records import Record
from memcodec.errors import ConfigError

if TYPE_CHECKING:
    from memcodec.agents.runs.recording import Run

#: Of clients: what gives another client, and what is no call.
_COPIES = frozenset({"with_options", "copy"})
_PLAIN = frozenset({"close", "aclose", "is_closed"})
_RAW = frozenset({"with_raw_response", "with_streaming_response"})


def called(run: Run, function: Callable[..., Any], name: str | None, key: Callable[..., Any] | None) -> Any:
    """A function whose calls go through a run."""
    shown = name or str(getattr(function, "__name__", type(function).__name__))
    package = str(getattr(function, "__module__", "")).partition(".")[0]
    try:
        signature: inspect.Signature | None = inspect.signature(function)
    except (TypeError, ValueError):  # of C
        signature = None
    names = _plain_names(signature) if signature is not None else None

    def invoke(*args: Any, **kwargs: Any) -> Any:
        given = _Given(args, kwargs, signature, key, names)
        return _invoked(run, shown, given, (package,), function)

    if inspect.iscoroutinefunction(function):

        async def awaited(*args: Any, **kwargs: Any) -> Any:
            result = invoke(*args, **kwargs)
            return await result if inspect.isawaitable(result) else result

        return functools.wraps(function)(awaited)
    return functools.wraps(function)(invoke)


def _plain_names(signature: inspect.Signature) -> list[str] | None:
    """The parameters, if all of them can be given by their places alone, and all are recorded."""
    usual = inspect.Parameter.POSITIONAL_OR_KEYWORD
    found = [each.name for each in signature.parameters.values() if each.kind is usual]
    return found if len(found) == len(signature.parameters) and not {"self", "cls"} & set(found) else None


class _Given:
    """A call's arguments, as they are given and as they are recorded."""

    def __init__(
        self,
        args: Sequence[Any],
        kwargs: Mapping[str, Any],
        signature: inspect.Signature | None,
        key: Callable[..., Any] | None,
        names: Sequence[str] | None = None,
    ) -> None:
        self.args, self.kwargs, self._key = tuple(args), dict(kwargs), key
        self._signature, self._names = signature, names

    def request(self) -> Any:
        """What the call asks: names and values."""
        if self._key is not None:
            return self._key(*self.args, **self.kwargs)
        if self._signature is None:
            return {**{str(number): each for number, each in enumerate(self.args)}, **self.kwargs}
        if self._names is not None and not self.kwargs and len(self.args) == len(self._names):
            return dict(
                zip(self._names, self.args, strict=True)
            )  # as they would be bound, which takes longer
        bound = self._signature.bind(*self.args, **self.kwargs)
        bound.apply_defaults()
        return {name: value for name, value in bound.arguments.items() if name not in ("self", "cls")}

    def of(self, model: str) -> _Given | None:
        """The same of another model; None for a call that names none."""
        if isinstance(self.kwargs.get("model"), str):
            return _Given(self.args, {**self.kwargs, "model": model}, self._signature, self._key)
        if self._signature is not None and "model" in self._signature.parameters:
            bound = self._signature.bind(*self.args, **self.kwargs)
            bound.arguments["model"] = model
            return _Given(bound.args, bound.kwargs, self._signature, self._key)
        return None


def _invoked(
    run: Run, name: str, given: _Given, packages: Sequence[str], function: Callable[..., Any]
) -> Any:
    ask = run.ask("call", name, run.encoded(given.request(), f"call {name}", asked=True))
    other = given.of(run.model) if run.model is not None else None
    instead = None
    if other is not None:
        instead = run.ask_instead(ask, run.encoded(other.request(), f"call {name}", asked=True))
    found = run.recorded(ask, instead)
    if found is not None:
        return _again(run, found, packages)
    if other is not None and instead is not None:
        given, ask = other, instead
    began = time.perf_counter()
    try:
        result = function(*given.args, **given.kwargs)
    except Exception as error:
        _failed(run, ask, error, began)
        raise
    if inspect.isawaitable(result):
        return _awaited(run, ask, result, began)
    return _taken(run, ask, result, began)


async def _awaited(run: Run, ask: Ask, result: Awaitable[Any], began: float) -> Any:
    try:
        value = await result
    except asyncio.CancelledError:
        run.write([run.answered(ask, error=failures.CANCELLED, how="await", ms=_since(began))])
        raise
    except Exception as error:
        _failed(run, ask, error, began, how="await")
        raise
    return _taken(run, ask, value, began, how="await")


def _taken(run: Run, ask: Ask, result: Any, began: float, how: str | None = None) -> Any:
    """What a call gave, recorded; a stream is as it is read."""
    if (kind := streams.kind_of(result)) is not None:
        return streams.recording(kind, run, ask, result, began, how)
    if hasattr(result, "__enter__") or hasattr(result, "__aenter__"):
        raise ConfigError(
            f"{ask.name}: gives a context manager, which cannot be recorded; ask for a stream that is iterated over"
        )
    answer = run.encoded(result, f"the answer of {ask.name}")
    run.write([run.answered(ask, answer=answer, how=how, ms=_since(began))])
    return result


def _failed(run: Run, ask: Ask, error: Exception, began: float, how: str | None = None) -> None:
    told = run.encoded(failures.told(error), f"the error of {ask.name}")
    run.write([run.answered(ask, error=told, how=how, ms=_since(began))])


def _since(began: float) -> float:
    return round((time.perf_counter() - began) * 1000, 3)


def _again(run: Run, found: Record, packages: Sequence[str]) -> Any:
    """What a recorded call gave, in the way that it gave it."""
    how = str(found.data.get("how") or "")
    if how.startswith("await"):
        return _later(run, found, packages, how.removeprefix("await").strip())
    return _now(run, found, packages, how)


async def _later(run: Run, found: Record, packages: Sequence[str], how: str) -> Any:
    if found.data.get("error") == failures.CANCELLED:
        await asyncio.get_running_loop().create_future()  # until who cancelled it then does so again
    await asyncio.sleep(0)  # others may go on, as they did while it was waited for
    return _now(run, found, packages, how)


def _now(run: Run, found: Record, packages: Sequence[str], how: str) -> Any:
    error = run.field_of(found, "error")
    if how:
        return streams.recorded(how, run.answer_of(found, packages), error, packages)
    if error is not None:
        raise failures.again(error, packages)
    return run.answer_of(found, packages)


class Client:
    """Stands for a client, or a part of one; what is called on it goes through a run."""

    def __init__(self, run: Run, target: Any, name: str = "", package: str = "") -> None:
        set_ = functools.partial(object.__setattr__, self)
        set_("_memcodec_run", run)
        set_("_memcodec_target", target)
        set_("_memcodec_name", name)
        set_("_memcodec_package", package or type(target).__module__.partition(".")[0])

    @property  # type: ignore[misc]
    def __class__(self) -> Any:  # what looks at its class sees the client's
        return type(object.__getattribute__(self, "_memcodec_target"))

    def __getattribute__(self, name: str) -> Any:
        if name.startswith(("__", "_memcodec")):
            return object.__getattribute__(self, name)
        run, target, own, package = (
            object.__getattribute__(self, f"_memcodec_{each}")
            for each in ("run", "target", "name", "package")
        )
        value = getattr(target, name)
        if name.startswith("_") or name in _PLAIN or isinstance(value, type):
            return value
        path = f"{own}.{name}" if own else name
        if name in _RAW:
            raise ConfigError(f"{path}: cannot be recorded; call {own or 'the client'} itself")
        if name in _COPIES:
            return lambda *args, **kwargs: Client(run, value(*args, **kwargs), own, package)
        if inspect.isroutine(value) or inspect.ismethod(value):
            return functools.wraps(value)(
                lambda *args, **kwargs: _invoked(
                    run, path, _Given(args, kwargs, None, None), (package,), value
                )
            )
        if isinstance(value, SimpleNamespace) or type(value).__module__.partition(".")[0] == package:
            return Client(run, value, path, package)
        return value

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        run, target, own, package = (
            object.__getattribute__(self, f"_memcodec_{each}")
            for each in ("run", "target", "name", "package")
        )
        name = own or type(target).__name__
        return _invoked(run, name, _Given(args, kwargs, None, None), (package,), target)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(object.__getattribute__(self, "_memcodec_target"), name, value)

    def __enter__(self) -> Client:
        object.__getattribute__(self, "_memcodec_target").__enter__()
        return self

    def __exit__(self, *given: Any) -> Any:
        return object.__getattribute__(self, "_memcodec_target").__exit__(*given)

    async def __aenter__(self) -> Client:
        await object.__getattribute__(self, "_memcodec_target").__aenter__()
        return self

    async def __aexit__(self, *given: Any) -> Any:
        return await object.__getattribute__(self, "_memcodec_target").__aexit__(*given)

    def __repr__(self) -> str:
        return f"<{object.__getattribute__(self, '_memcodec_target')!r}, recorded>"
