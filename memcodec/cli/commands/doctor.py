"""``memcodec doctor``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from memcodec.cli import console
from memcodec.cli.options import json_option
from memcodec.config.units import format_size
from memcodec.errors import MemcodecError

if TYPE_CHECKING:
    from memcodec.answers.machine import DoctorAnswer, MachineAnswer


@click.command("doctor")
@json_option
def doctor_command(as_json: bool) -> None:
    """Check what works on this machine: sandbox, codecs, extras, caches.

    Writes and reads a small memory with each codec, and tries the sandbox that documents are read in. Without the
    network, in a second or two. The exit code is 1 when the core does not work.

    \b
    Examples:
      memcodec doctor
      memcodec doctor --json | jq '.sandbox'
    """
    from memcodec.cli import machine

    found = machine.examined()
    if as_json:
        console.echo_json(found)
    else:
        click.echo(console.styled(console.line(_title(found)), bold=True))
        for text in console.fields(
            [(name, console.line(value)) for name, value in _rows(found)], indent="  "
        ):
            click.echo(text)
    if not found["works"]:
        why = "; ".join(each["detail"] for each in found["checks"] if _fails(each["name"], each["works"]))
        raise MemcodecError(f"memcodec does not work here: {why}")


def _fails(name: str, works: bool) -> bool:
    return not works and name != "sandbox"


def _title(found: DoctorAnswer) -> str:
    return f"memcodec {found['version']}, Python {found['python']}, {found['system']}"


def _machine(found: MachineAnswer) -> str:
    workers = f"{found['workers']} index workers" if found["workers"] > 1 else "one index worker"
    told = [f"{found['cores']} of {found['machine_cores']} cores", workers, ", ".join(found["simd"])]
    if found["provider"]:
        told.append(f"models on {found['provider'].removesuffix('ExecutionProvider')}")
    if found["memory"] is not None:
        told.insert(1, f"{format_size(found['memory'])} of memory free")
    return "; ".join(filter(None, told))


def _rows(found: DoctorAnswer) -> Iterator[tuple[str, str]]:
    yield "machine", _machine(found["machine"])
    for check in found["checks"]:
        how = "ok" if check["works"] else "FAILS" if _fails(check["name"], False) else "weak"
        yield check["name"], f"{how}: {check['detail']}"
    sandbox = found["sandbox"]
    means = {each: sandbox[each] for each in ("files", "network", "programs", "memory")}
    yield "bounds", ", ".join(f"{name}: {value or 'none'}" for name, value in means.items())
    for codec in found["codecs"]:
        yield codec["name"], codec["detail"]
    for extra in found["extras"]:
        missing = [each["name"] for each in extra["libraries"] if each["version"] is None]
        there = ", ".join(
            f"{each['name']} {each['version']}" for each in extra["libraries"] if each["version"]
        )
        yield (
            extra["name"],
            "; ".join(filter(None, (f"missing {', '.join(missing)}" if missing else "", there))),
        )
    yield "native", ", ".join(f"{name} {version}" for name, version in found["native"].items())
    for folder in found["folders"]:
        yield folder["name"], f"{folder['path'] or 'no folder'} ({format_size(folder['bytes'])})"
