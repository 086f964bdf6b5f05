"""Programs that are recorded, and executed again, through a proxy."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping, Sequence

from memcodec.agents.runs import executing, history, opening, reports
from memcodec.agents.runs.executing import Executed
from memcodec.agents.runs.ledger import Scratch
from memcodec.agents.runs.opening import LIVE, REPORT, VARIABLE, Request
from memcodec.agents.runs.proxy.server import serving
from memcodec.agents.runs.proxy.session import Recorded, Session
from memcodec.agents.runs.proxy.upstream import Upstream, addresses
from memcodec.agents.runs.redaction import Redactor
from memcodec.agents.runs.scribe import Scribe


def record(
    file: str, command: Sequence[str], *, tags: Mapping[str, str], redact: Sequence[str] = ()
) -> tuple[str, int]:
    """Run a program whose requests to models are recorded as a new run; its id, and the program's exit code."""
    upstream = Upstream(addresses())
    with contextlib.ExitStack() as ends:
        ledger = opening.opened(file, "batched", ends)
        request = Request(file, tags, None, None, redact, "batched")
        begun = opening.recorded(request, ledger, Redactor(redact), None, 0)
        try:
            code = _through(Session(begun.scribe), upstream, command)
        except BaseException as error:
            begun.finish(type(error), error)
            raise
        begun.status = "failed" if code else "done"
        begun.finish(None, None)
        return begun.scribe.run, code


def replay(
    file: str, run: str, command: Sequence[str], *, live: bool = False, stdout: int | None = None
) -> Executed:
    """Run a program again whose requests get the recorded answers; without ``live`` nobody else is asked."""
    upstream = Upstream(addresses()) if live else None
    with contextlib.ExitStack() as ends:
        loaded = history.load(opening.opened(file, "batched", ends, existing=True), run)
        recorded = Recorded(loaded, live=live)
        session = Session(
            Scribe(Scratch(), loaded.id, Redactor()), recorded, model=loaded.instead.get("model")
        )
        code = _through(session, upstream, command, stdout)
        recorded.finish()
        return Executed(code, reports.report(recorded, "replay", "failed" if code else "done"))


def fork(file: str, run: str, command: Sequence[str], *, stdout: int | None = None) -> Executed:
    """Run a program as a fork: its requests get the answers of the steps before, and go to the models then."""
    upstream = Upstream(addresses())
    with contextlib.ExitStack() as ends:
        ledger = opening.opened(file, "batched", ends, existing=True)
        loaded = history.load(ledger, run)
        recorded = Recorded(loaded, until=loaded.own)
        begun = opening.Begun(Scribe(ledger, loaded.id, Redactor()), "fork")
        instead = loaded.instead
        session = Session(begun.scribe, recorded, instead, instead.get("model"))
        code = _through(session, upstream, command, stdout)
        begun.status = "failed" if code else "done"
        begun.finish(None, None)
        return Executed(code, reports.report(recorded, "fork", begun.status))


def _through(
    session: Session, upstream: Upstream | None, command: Sequence[str], stdout: int | None = None
) -> int:
    """Run a program that asks a proxy; its exit code."""
    with serving(session, upstream) as server:
        local = {"NO_PROXY": ",".join(filter(None, [os.environ.get("NO_PROXY", ""), "127.0.0.1"]))}
        gone = dict.fromkeys((VARIABLE, REPORT, LIVE), "")
        return executing.start(command, {**server.variables(), **local, **gone}, stdout)
