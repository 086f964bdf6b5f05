"""Other people's programs take the files as they are: ffprobe, ffmpeg, zbarimg, Chromium."""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Callable
from functools import partial
from http.server import HTTPServer, SimpleHTTPRequestHandler
from pathlib import Path
from queue import Empty, Queue
from urllib.parse import unquote

import pytest

from memcodec.format import base45

pytestmark = pytest.mark.slow

CODECS = ["av1", "h264", "h265", "mp4v", "vp9"]
PROFILES = ["dense", "robust"]

Film = Callable[[str, str, int], tuple[Path, list[bytes]]]


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("codec", CODECS)
def test_ffmpeg_and_ffprobe_say_nothing(film: Film, codec: str, profile: str) -> None:
    path, _ = film(codec, profile, 20)
    fields = ["-show_entries", "stream=codec_name", "-of", "default=nw=1:nk=1"]
    probe = subprocess.run(
        ["ffprobe", "-v", "warning", *fields, path], capture_output=True, text=True, check=True
    )
    assert probe.stderr == ""
    assert probe.stdout.strip() == {"h265": "hevc", "mp4v": "mpeg4"}.get(codec, codec)
    play = subprocess.run(
        ["ffmpeg", "-v", "error", "-i", path, "-f", "null", "-"], capture_output=True, check=True
    )
    assert play.stderr == b""


@pytest.mark.parametrize("codec", CODECS)
def test_every_frame_is_shown_equally_long(film: Film, codec: str) -> None:
    path, _ = film(codec, "dense", 20)
    fields = "stream=r_frame_rate,avg_frame_rate:packet=pts,duration,flags"
    command = ["ffprobe", "-v", "error", "-show_entries", fields, "-of", "json", path]
    found = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    (stream,), shown = found["streams"], found["packets"]
    assert (stream["r_frame_rate"], stream["avg_frame_rate"]) == ("10/1", "10/1")
    assert [packet["pts"] for packet in shown] == list(range(len(shown)))
    assert {packet["duration"] for packet in shown} == {1}
    keyframes = [number for number, packet in enumerate(shown) if "K" in packet["flags"]]
    assert keyframes == [0, *range(20, len(shown))]


@pytest.mark.parametrize(("profile", "scale"), [("dense", 3), ("robust", 1)])
def test_zbarimg_reads_every_frame_of_h264(film: Film, tmp_path: Path, profile: str, scale: int) -> None:
    path, packets = film("h264", profile, 12)
    enlarge = f"scale=iw*{scale}:ih*{scale}:flags=neighbor"
    once = ["-fps_mode", "passthrough"]  # a frame that is shown for long is one picture
    command = ["ffmpeg", "-v", "error", "-i", path, *once, "-vf", enlarge, tmp_path / "%03d.png"]
    subprocess.run(command, check=True)
    texts: set[bytes] = set()
    for picture in sorted(tmp_path.glob("*.png")):
        read = subprocess.run(["zbarimg", "-q", "--raw", picture], capture_output=True, check=False)
        texts.update(read.stdout.splitlines())
    assert {base45.encode(packet) for packet in packets} <= texts


PAGE = """<video id=v muted autoplay src="%s"></video><script>
const video = document.getElementById("v"), tell = what => fetch("/tell/" + encodeURIComponent(what));
video.onerror = () => tell("error: " + video.error.message);
video.ontimeupdate = () => { if (video.currentTime > 0.5) tell(`plays ${video.videoWidth}x${video.videoHeight}`); };
</script>"""


class Handler(SimpleHTTPRequestHandler):
    """Serves a folder; what the page tells goes to the queue."""

    def __init__(self, told: Queue[str], *args: object, **kwargs: object) -> None:
        self.told = told
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        if self.path.startswith("/tell/"):
            self.told.put(unquote(self.path.removeprefix("/tell/")))
            self.send_response(204)
            self.end_headers()
        else:
            super().do_GET()

    def log_message(self, *args: object) -> None:
        pass


@pytest.mark.parametrize("codec", ["av1", "h264", "vp9"])
def test_chromium_plays(film: Film, tmp_path: Path, codec: str) -> None:
    path, _ = film(codec, "dense", 20)
    (tmp_path / "page.html").write_text(PAGE % path.name)
    (tmp_path / path.name).write_bytes(path.read_bytes())
    told: Queue[str] = Queue()
    server = HTTPServer(("127.0.0.1", 0), partial(Handler, told, directory=str(tmp_path)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--autoplay-policy=no-user-gesture-required"]
    profile = f"--user-data-dir={tmp_path / 'profile'}"
    url = f"http://127.0.0.1:{server.server_port}/page.html"
    browser = subprocess.Popen(
        ["chromium", *flags, profile, "--remote-debugging-port=0", url],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        assert told.get(timeout=60) == "plays 552x552"
    except Empty:
        pytest.fail("Chromium said nothing in a minute")
    finally:
        browser.terminate()
        browser.wait(20)
        server.shutdown()
        server.server_close()
