"""Waiting for a pipe to have something to read, until told to stop."""

from __future__ import annotations

import contextlib
import os
import select
import sys
import time

_LOOK = 0.02  # seconds between two looks at a pipe under Windows, which tells nobody that something came

if sys.platform == "win32":
    import _winapi
    import msvcrt

    class Pipe:
        """The end of a pipe that is read from. ``stop`` may be called from a signal handler."""

        def __init__(self, fd: int) -> None:
            self._handle, self.stopped = msvcrt.get_osfhandle(fd), False

        def wait(self) -> bool:
            """Until there is something to read, or the end of it all; False when there is not and it was stopped."""
            while not self._is_ready():
                if self.stopped:
                    return False
                time.sleep(_LOOK)
            return True

        def _is_ready(self) -> bool:
            try:
                return _winapi.PeekNamedPipe(self._handle, 0)[-2] > 0  # (bytes there, of this message)
            except OSError:  # its other end is closed, or it is no pipe: reading tells
                return True

        def stop(self) -> None:
            """Wait no more."""
            self.stopped = True

        def close(self) -> None:
            """Nothing to release."""

else:

    class Pipe:
        """The end of a pipe that is read from. ``stop`` may be called from a signal handler."""

        def __init__(self, fd: int) -> None:
            self._fd, self.stopped = fd, False
            self._woken, self._wake = os.pipe()
            os.set_blocking(self._wake, False)
            self._poll = select.poll()
            self._poll.register(fd, select.POLLIN)
            self._poll.register(self._woken, select.POLLIN)

        def wait(self) -> bool:
            """Until there is something to read, or the end of it all; False when there is not and it was stopped."""
            while True:
                ready = {fd for fd, _ in self._poll.poll(0 if self.stopped else None)}
                if self._woken not in ready:
                    return self._fd in ready
                self.stopped = True
                self._poll.unregister(self._woken)

        def stop(self) -> None:
            """Wait no more."""
            with contextlib.suppress(BlockingIOError):  # it has been told often enough
                os.write(self._wake, b"\0")

        def close(self) -> None:
            """Release what it was told by."""
            os.close(self._woken)
            os.close(self._wake)
