"""What a page is to tests, in whatever browser."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from typing import Any

PATIENCE = 60.0  #: seconds for a browser to start, and for an answer


class PageError(Exception):
    """What a page threw."""


class Page(ABC):
    """One page."""

    leaving: tuple[str, ...] = ()  #: what is said of a page that makes room for another

    @abstractmethod
    def go(self, url: str) -> None:
        """Open an address, and wait until it is loaded."""

    @abstractmethod
    def run(self, script: str) -> Any:
        """What an expression, or a promise that it gives, comes to. Raises PageError."""

    def until(self, script: str, patience: float = PATIENCE) -> Any:
        """What an expression comes to once it is true."""
        end = time.monotonic() + patience
        while not (found := self._run_here(script)):
            assert time.monotonic() < end, f"{script} stays {found!r}: {self.run('document.body.innerText')}"
            time.sleep(0.02)
        return found

    def _run_here(self, script: str) -> Any:
        """As ``run``; None where the page that was asked makes room for another meanwhile."""
        try:
            return self.run(script)
        except PageError as error:
            if not any(each in str(error) for each in self.leaving):
                raise
            return None
