"""docs/img/terminal.svg, runs, live, journal: real commands, as animated pictures. ``python docs/terminal.py``

The commands run on a pseudo-terminal, in a folder of their own; what they print is kept with its times. The picture is
SVG with CSS animations alone, so that it plays where scripts do not run. Each state of a row is one element that is
visible for its span of time; nothing scrolls.
"""

from __future__ import annotations

import os
import pty
import re
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from itertools import groupby
from pathlib import Path

COLUMNS, ROWS = 91, 36
CELL, LINE, MARGIN = 7.8, 17, 14  # pixels
STROKE, PAUSE, STILL, END = (
    0.05,
    1.6,
    1.2,
    6.0,
)  # seconds: a keystroke, after a command, the longest wait, at the end
NOTES = {
    "herons.md": "Grey herons nest in colonies, high in old trees.\n\nThey come back in February and lay in April.\n",
    "swifts.md": "# Swifts\n\nSwifts sleep on the wing. They arrive in May and leave in August.\n",
    "pond.md": "# The pond\n\nThe pond froze on 4 January. Frogs spawned in March, a week late.\n",
}
COMMANDS = (
    "memcodec encode notes -o birds.mp4",
    'memcodec search "when did it get cold" birds.mp4 -k 1',
    'memcodec append birds.mp4 --text "The first swift: 3 May, over the mill." --title Diary',
    "dd if=/dev/zero of=birds.mp4 bs=1000 seek=25 count=4 conv=notrunc status=none  # damage",
    "memcodec repair birds.mp4 -o whole.mp4",
    "memcodec search mill whole.mp4 -k 1",
)
AGENT = "agent.py"
RUNS = (
    f"python {AGENT}",
    "memcodec runs show agent.mp4 last",
    f"memcodec runs replay agent.mp4 last -- python {AGENT}",
    f"sed -i 's/Advise/Recommend/; s/have sun/are sunny/' {AGENT}",
    f"memcodec runs replay agent.mp4 last -- python {AGENT} 2> errors.txt",
    f"memcodec runs fork agent.mp4 last --at 4 --model large -- python {AGENT}",
    "memcodec runs graph agent.mp4",
)
LIVE = (
    "tail -n 2 access.log",
    "memcodec live ingest --name web --keep 300 --spill web.mp4 --linger 1m <access.log >/dev/null 2>&1 & sleep 14",
    "memcodec live status",
    'memcodec live query @web "payment declined" -k 2',
    'memcodec search "payment declined" web.mp4 @web -k 2',
)
JOURNAL = (
    "memcodec encode notes -o birds.mp4 -q && ls -s --block-size=1 birds.mp4",
    'memcodec append birds.mp4 --text "The joiner comes on Tuesday." --title Diary',
    'for n in 1 2 3; do memcodec append birds.mp4 -q --text "Heron at the weir, day $n."; done',
    "memcodec search weir birds.mp4 -k 1",
    "memcodec info birds.mp4 | grep journal",
    "ffprobe -v error -show_entries stream=codec_name,width -of csv birds.mp4",
    "memcodec fold birds.mp4",
    "memcodec log birds.mp4",
)
STYLE = """
text{font:13px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:#1f2328;visibility:hidden}
.w{fill:#fff;stroke:#d0d7de}.b{font-weight:700}.d{opacity:.65}.p{fill:#1a7f37;font-weight:700}.k{visibility:visible}
.c1{fill:#cf222e}.c2{fill:#1a7f37}.c3{fill:#9a6700}.c4{fill:#0969da}.c5{fill:#8250df}.c6{fill:#1b7c83}
@media(prefers-color-scheme:dark){text{fill:#e6edf3}.w{fill:#0d1117;stroke:#30363d}.p,.c2{fill:#3fb950}
.c1{fill:#ff7b72}.c3{fill:#d29922}.c4{fill:#58a6ff}.c5{fill:#bc8cff}.c6{fill:#39c5cf}}
@media(prefers-reduced-motion:reduce){text{animation:none!important}}
"""
_CONTROL = re.compile(r"\x1b\[([?\d;]*)([A-Za-z])|([\r\n])|([^\x1b\r\n]+)")

Row = tuple[tuple[str, str], ...]  # characters, each with the classes it is drawn in


@dataclass
class Screen:
    """As much of a terminal as memcodec uses: colours, returns, lines up, lines erased."""

    rows: list[list[tuple[str, str]]] = field(default_factory=lambda: [[]])
    row: int = 0
    column: int = 0
    style: tuple[str, ...] = ()

    def write(self, text: str) -> None:
        for codes, letter, move, printed in _CONTROL.findall(text):
            if letter:
                self._control(codes, letter)
            elif move == "\r":
                self.column = 0
            elif move == "\n":
                self.row, self.column = self.row + 1, 0
                if self.row == len(self.rows):
                    self.rows.append([])
            else:
                self._print(printed)

    def _print(self, text: str) -> None:
        line = self.rows[self.row]
        line += [(" ", "")] * (self.column - len(line))
        line[self.column : self.column + len(text)] = [(char, " ".join(self.style)) for char in text]
        self.column += len(text)

    def _control(self, codes: str, letter: str) -> None:
        if letter == "K":
            self.rows[self.row] = [] if codes == "2" else self.rows[self.row][: self.column]
        elif letter == "A":
            self.row = max(0, self.row - int(codes or 1))
        elif letter == "m":
            for code in codes.split(";"):
                self._colour(int(code or 0))

    def _colour(self, code: int) -> None:
        names = {1: "b", 2: "d", **{base + hue: f"c{hue}" for base in (30, 90) for hue in range(1, 7)}}
        if code == 0:
            self.style = ()
        elif code in names:
            self.style += (names[code],)

    def state(self) -> tuple[Row, ...]:
        return tuple(tuple(row) for row in self.rows)


Film = list[tuple[float, tuple[Row, ...]]]  # what the screen shows from a time on


def printed(command: str, folder: Path) -> Iterator[tuple[float, str]]:
    """What a command writes to a terminal, each piece with the seconds since the one before."""
    leader, follower = pty.openpty()
    _resize(follower)
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": str(COLUMNS), "LINES": str(ROWS)}
    before, data = time.monotonic(), b""
    with subprocess.Popen(
        ["bash", "-c", command], cwd=folder, env=environment, stdin=follower, stdout=follower, stderr=follower
    ):
        os.close(follower)
        while data := _read(leader):
            now = time.monotonic()
            yield now - before, data.decode("utf-8", "replace")
            before = now
    os.close(leader)


def _resize(terminal: int) -> None:
    import fcntl
    import termios

    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))


def _read(leader: int) -> bytes:
    try:
        return os.read(leader, 65536)
    except OSError:  # how Linux says that the other end is closed
        return b""


def record(commands: tuple[str, ...], folder: Path) -> Film:
    """Type and run commands; what the screen showed, and when."""
    screen, now, film = Screen(), 0.5, Film()
    for command in commands:
        screen.style = ("p",)
        screen.write("$ ")
        screen.style = ()
        for start in range(0, len(command), 2):
            film.append((now, screen.state()))
            screen.write(command[start : start + 2])
            now += 2 * STROKE
        film.append((now, screen.state()))
        screen.write("\r\n")
        for waited, text in printed(command, folder):
            now += min(waited, STILL)
            screen.write(text)
            film.append((now, screen.state()))
        now += PAUSE
    return film


def spans(film: Film, end: float) -> Iterator[tuple[int, Row, float, float]]:
    """Each state of each row that shows something: its row, cells, first and last second."""
    for number in range(max(len(state) for _, state in film)):
        states = [(at, state[number] if number < len(state) else ()) for at, state in film]
        runs = [next(group) for _, group in groupby(states, key=lambda each: each[1])]
        for (at, cells), (until, _) in zip(runs, [*runs[1:], (end, ())], strict=True):
            if any(char != " " for char, _ in cells):
                yield number, cells, at, until


def svg(film: Film) -> str:
    """The film as a picture that plays for ever."""
    end = film[-1][0] + END
    frames, drawn = {}, []
    for number, cells, at, until in spans(film, end):
        name = frames.setdefault((at, until), f"a{len(frames)}")
        drawn.append(_text(number, cells, f"k {name}" if until == end else name))
    rules = "".join(_rule(name, at / end, until / end, end) for (at, until), name in frames.items())
    height = max(len(state) for _, state in film) * LINE + 2 * MARGIN
    width = COLUMNS * CELL + 2 * MARGIN
    size = f'viewBox="0 0 {width:.0f} {height}" width="{width:.0f}" height="{height}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size}>'
    window = f'<rect class="w" x=".5" y=".5" width="{width - 1:.0f}" height="{height - 1}" rx="8"/>'
    return "\n".join([head, f"<style>{STYLE}{rules}</style>", window, *drawn, "</svg>\n"])


def _rule(name: str, start: float, stop: float, seconds: float) -> str:
    visible, hidden = "{visibility:visible}", "{visibility:hidden}"
    gone = f"{100 * stop:.2f}%{hidden}" if stop < 1 else f"to{visible}"
    steps = f"0%{hidden}{100 * start:.2f}%{visible}{gone}"
    return f".{name}{{animation:{name} {seconds:.2f}s step-end infinite}}@keyframes {name}{{{steps}}}\n"


def _text(number: int, cells: Row, classes: str) -> str:
    while cells[-1][0] == " ":
        cells = cells[:-1]
    parts = [
        (style, "".join(char for char, _ in run)) for style, run in groupby(cells, key=lambda each: each[1])
    ]
    body = "".join(
        f'<tspan class="{style}">{escape(text)}</tspan>' if style else escape(text) for style, text in parts
    )
    place = f'x="{MARGIN}" y="{number * LINE + MARGIN + 8}" textLength="{len(cells) * CELL:.0f}" xml:space="preserve"'
    return f'<text class="{classes}" {place}>{body}</text>'


def access_log() -> Iterator[str]:
    """Lines of a web server: of every hundred one tells of a payment that was declined."""
    for number in range(1000):
        time = f"2026-11-29T03:{number // 60:02}:{number % 60:02}Z"
        paid = "402 payment declined by the bank" if number % 100 == 99 else "200"
        yield f"{time} POST /orders/{7000 + number}/pay {paid} {13 + number * 37 % 90}ms"


def main() -> None:
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    films = {"terminal": COMMANDS, "runs": RUNS, "live": LIVE, "journal": JOURNAL}
    for name in sys.argv[1:] or films:
        with tempfile.TemporaryDirectory() as folder:
            os.environ["XDG_RUNTIME_DIR"] = folder
            (notes := Path(folder) / "notes").mkdir()
            for note, text in NOTES.items():
                (notes / note).write_text(text)
            (Path(folder) / "access.log").write_text("".join(f"{line}\n" for line in access_log()))
            example = Path(__file__).parents[1] / "examples" / "replayable_agent.py"
            (Path(folder) / AGENT).write_text(example.read_text())
            film = record(films[name], Path(folder))
        Path(__file__).with_name("img").joinpath(f"{name}.svg").write_text(svg(film))


if __name__ == "__main__":
    main()
