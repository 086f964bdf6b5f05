"""Seccomp: a process gives up system calls, without privileges (Linux; seccomp(2)). Those here reach beyond it:
sockets, other programs, other processes.

The filter is a program of classic BPF over ``struct seccomp_data``. The numbers are those of the processor's system
calls, from the kernel's tables.
"""

from __future__ import annotations

import ctypes
import os
import platform
import struct
from typing import NamedTuple

_NO_NEW_PRIVS, _SET_SECCOMP, _GET_SECCOMP, _FILTER = 38, 22, 21, 2  # prctl
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06  # BPF instructions
_NUMBER, _ARCHITECTURE = 0, 4  # offsets in struct seccomp_data
_ALLOW, _REFUSE, _KILL = 0x7FFF0000, 0x00050000 | 1, 0x80000000  # EPERM
_X32 = 0x40000000  # x86-64 has a second table from here

# socket connect bind listen accept accept4 | execve execveat | ptrace process_vm_readv process_vm_writev pidfd_getfd
# kill tkill rt_sigqueueinfo pidfd_send_signal | unshare setns mount | io_uring_setup bpf perf_event_open userfaultfd
# add_key request_key keyctl
_CALLS = {
    "x86_64": "41 42 49 50 43 288 59 322 101 310 311 438 62 200 129 424 272 308 165 425 321 298 323 248 249 250",
    "aarch64": "198 203 200 201 202 242 221 281 117 270 271 438 129 130 138 424 97 268 40 425 280 241 282 217 218 219",
}
_AUDIT = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


class Step(NamedTuple):
    """One instruction: ``struct sock_filter``."""

    code: int
    then: int
    otherwise: int
    value: int


def is_available() -> bool:
    """Whether the kernel knows it and this processor's calls are known here."""
    return (
        platform.machine() in _CALLS
        and ctypes.sizeof(ctypes.c_void_p) == 8
        and _libc().prctl(_GET_SECCOMP) >= 0
    )


def restrict() -> bool:
    """Takes from this thread, and those it will start, the calls that reach beyond it. False where it cannot be had."""
    if not is_available():
        return False
    steps = program(platform.machine())
    data = b"".join(struct.pack("HBBI", *step) for step in steps)
    libc = _libc()
    if libc.prctl(_NO_NEW_PRIVS, 1, 0, 0, 0):
        return False
    filtered = libc.prctl(_SET_SECCOMP, _FILTER, ctypes.byref(_Program(len(steps), data)), 0, 0)
    return bool(filtered == 0)


def program(machine: str) -> list[Step]:
    """The filter for a processor: another's calls end the process, those in the table are refused."""
    refused = sorted(map(int, _CALLS[machine].split()))
    tests = [(_AT_LEAST, _X32)] if machine == "x86_64" else []
    tests += [(_EQUAL, number) for number in refused]
    return [
        Step(_LOAD, 0, 0, _ARCHITECTURE),
        Step(_EQUAL, 1, 0, _AUDIT[machine]),
        Step(_RETURN, 0, 0, _KILL),
        Step(_LOAD, 0, 0, _NUMBER),
        *(Step(code, len(tests) - at, 0, value) for at, (code, value) in enumerate(tests)),
        Step(_RETURN, 0, 0, _ALLOW),
        Step(_RETURN, 0, 0, _REFUSE),
    ]


def without_network() -> bool:
    """A network of its own, empty: where calls cannot be filtered but users may have namespaces (unshare(2))."""
    new_user, new_net = 0x10000000, 0x40000000
    return os.name == "posix" and hasattr(_libc(), "unshare") and _libc().unshare(new_user | new_net) == 0


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)
