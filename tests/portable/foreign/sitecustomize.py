"""Makes memcodec's own modules see another system, in every Python process that has this folder on its path.

``FOREIGN_SYSTEM`` is ``win32`` or ``darwin``. Only what memcodec and its codecs import is changed: the standard library
and other packages go on as they are. Gone is what neither has; under Windows also what Windows lacks, and there is what
it has instead: locks on bytes (made of flock), a look into pipes (made of poll), files that are text unless a flag says
otherwise. And for all of the process, what is open keeps its name.
"""

from __future__ import annotations

import builtins
import errno
import fcntl
import os
import select
import stat
import subprocess
import sys
import types
from pathlib import Path
from typing import Any

SYSTEM = os.environ["FOREIGN_SYSTEM"]
OURS = ("memcodec", "memcodec_video", "memcodec_audio")

NEITHER_HAS = {
    "os": """O_TMPFILE O_PATH O_NOATIME O_DIRECT O_LARGEFILE O_RSYNC fdatasync posix_fadvise posix_fallocate
        sched_getaffinity sched_setaffinity memfd_create eventfd copy_file_range splice pidfd_open getrandom
        getxattr setxattr listxattr removexattr getresuid setresuid""",
    "select": "epoll EPOLLIN",
}
WINDOWS_LACKS = {
    "os": """fork forkpty getuid geteuid getgid getegid getgroups setuid setgid seteuid setegid chown fchown lchown
        chroot pread pwrite preadv pwritev readv writev nice uname major minor makedev mkfifo mknod killpg getpgid
        getpgrp setpgid setsid getsid wait wait3 wait4 waitid WNOHANG WIFEXITED getloadavg statvfs fstatvfs sysconf
        confstr pathconf sendfile lockf sync fchdir fchmod set_blocking get_blocking register_at_fork posix_spawn
        openpty ttyname ctermid getpriority setpriority O_NOFOLLOW O_NONBLOCK O_CLOEXEC O_DIRECTORY O_SYNC O_DSYNC
        O_ASYNC O_NOCTTY O_NDELAY""",
    "signal": """SIGALRM SIGHUP SIGKILL SIGUSR1 SIGUSR2 SIGPIPE SIGQUIT SIGCHLD SIGSTOP SIGCONT SIGTSTP setitimer
        getitimer ITIMER_REAL alarm pause pthread_kill pthread_sigmask sigwait sigpending siginterrupt""",
    "select": "poll POLLIN POLLOUT POLLHUP",
    "mmap": "MADV_DONTNEED MADV_WILLNEED MAP_SHARED MAP_PRIVATE PROT_READ PROT_WRITE",
    "socket": "AF_UNIX SO_REUSEPORT TCP_KEEPIDLE",
    "time": "tzset clock_gettime pthread_getcpuclockid",
}
WINDOWS_HAS_NOT = set("fcntl resource pwd grp termios tty pty posix syslog readline curses".split())


class Seen(types.ModuleType):
    """A module as the other system has it: less some names, and with some of its own."""

    def __init__(self, real: types.ModuleType, hidden: set[str], own: dict[str, Any]) -> None:
        super().__init__(real.__name__)
        self.__dict__.update({"_real": real, "_hidden": hidden, **own})

    def __getattr__(self, name: str) -> Any:
        if name in self._hidden:
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        return getattr(self._real, name)


# What Windows has


_FAR = 1 << 43
_far: dict[int, int] = {}  # descriptors that were sought to where Linux lets none go


def _lseek(fd: int, place: int, whence: int) -> int:
    if whence == os.SEEK_SET and place >= _FAR:
        _far[fd] = place
        return place
    far = _far.get(fd, 0) if whence == os.SEEK_CUR else _far.pop(fd, 0) * 0
    return far or os.lseek(fd, place, whence)


def _locking(fd: int, mode: int, count: int) -> None:
    assert count == 1 and fd in _far, "would keep readers from bytes of the file"
    try:
        fcntl.flock(fd, fcntl.LOCK_UN if mode == 0 else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise PermissionError(errno.EACCES, "Permission denied") from None


def _peek(handle: int, size: int) -> tuple[int, int]:
    if not stat.S_ISFIFO(os.fstat(handle).st_mode):
        raise OSError(errno.EINVAL, "no pipe")
    poll = select.poll()
    poll.register(handle, select.POLLIN)
    ready = dict(poll.poll(0)).get(handle, 0)
    if ready & select.POLLHUP and not ready & select.POLLIN:
        raise BrokenPipeError(errno.EPIPE, "Broken pipe")
    return int(bool(ready)), 0


class _Popen(subprocess.Popen):  # type: ignore[type-arg]
    def __init__(self, *args: Any, creationflags: int = 0, **options: Any) -> None:
        super().__init__(*args, **options)


_BINARY = 1 << 29


def _open(path: Any, flags: int, mode: int = 0o777) -> int:
    if Path(path).is_dir():
        raise PermissionError(errno.EACCES, "Permission denied", path)
    assert flags & _BINARY or path == os.devnull, f"{path} is opened in text mode"
    return os.open(path, flags & ~_BINARY, mode)


def _ftruncate(fd: int, size: int) -> None:
    if _place(os.fstat(fd)) in _mapped():
        raise OSError(errno.EINVAL, "Invalid argument: it is mapped into memory")
    os.ftruncate(fd, size)


def _place(status: os.stat_result) -> tuple[int, int]:
    return status.st_dev, status.st_ino


def _mapped() -> set[tuple[int, int]]:
    rows = [line.split() for line in Path("/proc/self/maps").read_text("utf-8", "replace").splitlines()]
    return {(os.makedev(*(int(part, 16) for part in row[3].split(":"))), int(row[4])) for row in rows}


def _open_here() -> set[tuple[int, int]]:
    found = _mapped()
    for name in os.listdir("/proc/self/fd"):
        try:
            found.add(_place(Path(f"/proc/self/fd/{name}").stat()))
        except OSError:
            continue
    return found


def _refuse_open(*paths: Any) -> None:
    here = _open_here()
    for path in paths:
        try:
            if _place(os.lstat(path)) in here:
                raise PermissionError(errno.EACCES, "it is used by another process", os.fspath(path))
        except FileNotFoundError:
            continue


def _stubborn() -> None:
    """Nothing that is open is renamed, replaced or removed; and a plain rename replaces nothing."""
    rename, replace, unlink = os.rename, os.replace, os.unlink

    def rename_(source: Any, target: Any, **options: Any) -> None:
        _refuse_open(source, target)
        if os.path.lexists(target):
            raise FileExistsError(errno.EEXIST, "File exists", os.fspath(target))
        rename(source, target, **options)

    def replace_(source: Any, target: Any, **options: Any) -> None:
        _refuse_open(source, target)
        replace(source, target, **options)

    def unlink_(path: Any, **options: Any) -> None:
        if sys._getframe(1).f_globals["__name__"] not in ("tempfile", "shutil"):
            _refuse_open(path)
        unlink(path, **options)

    os.rename, os.replace, os.unlink, os.remove = rename_, replace_, unlink_, unlink_


OWN: dict[str, dict[str, Any]] = {
    "win32": {
        "os": {"name": "nt", "O_BINARY": _BINARY, "open": _open, "ftruncate": _ftruncate, "lseek": _lseek},
        "subprocess": {"Popen": _Popen, "CREATE_NO_WINDOW": 1, "CREATE_NEW_PROCESS_GROUP": 2},
    },
    "darwin": {"fcntl": {"F_FULLFSYNC": fcntl.F_GETFD}},
}


def _foreign() -> dict[str, types.ModuleType]:
    """The modules as the other system has them."""
    lacking: dict[str, set[str]] = {}
    for table in (NEITHER_HAS, WINDOWS_LACKS if SYSTEM == "win32" else {}):
        for name, hidden in table.items():
            lacking.setdefault(name, set()).update(hidden.split())
    own = {"sys": {"platform": SYSTEM}, **OWN[SYSTEM]}
    made = {
        name: Seen(__import__(name), lacking.get(name, set()), own.get(name, {})) for name in {*lacking, *own}
    }
    if SYSTEM == "win32":
        nothing = types.ModuleType("msvcrt")
        locks = {"LK_UNLCK": 0, "LK_NBLCK": 2, "locking": _locking, "get_osfhandle": lambda fd: fd}
        made |= {
            "msvcrt": Seen(nothing, set(), locks),
            "_winapi": Seen(nothing, set(), {"PeekNamedPipe": _peek}),
        }
    return made


def _install() -> None:
    import_, foreign = builtins.__import__, _foreign()
    absent = WINDOWS_HAS_NOT if SYSTEM == "win32" else set()

    def import_foreign(name: str, around: Any = None, *others: Any, **more: Any) -> Any:
        asker = around or more.get("globals") or {}
        if (asker.get("__package__") or "").partition(".")[0] in OURS:
            if name in absent:
                raise ModuleNotFoundError(f"No module named {name!r}", name=name)
            if name in foreign:
                return foreign[name]
        return import_(name, *([around, *others] if around is not None else []), **more)

    builtins.__import__ = import_foreign
    if SYSTEM == "win32":
        _stubborn()


_install()
