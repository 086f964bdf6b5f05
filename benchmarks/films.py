"""What is left of video after other programs made it anew: other frame rates, containers, sizes, bitrates.

Packets go out in a film of AV1, come back through ffmpeg and are counted. Parity across packets is not used: it would
bring back one lost packet in eleven.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np

from benchmarks import harness
from benchmarks.results import Cell, Check, Section, Table
from memcodec.format.packet import DATA, HEADER_SIZE, NO_RECORD, Packet
from memcodec.media import registry
from memcodec.media.contract import Profile
from memcodec.storage import MemorySource, MemoryTarget

PROFILES: tuple[Profile, ...] = ("dense", "robust")
CODEC = "av1"

X264 = "-c:v libx264 -preset veryfast"
VP9 = "-c:v libvpx-vp9 -deadline realtime -cpu-used 7 -row-mt 1"


def hosted(encoder: str, height: int, kbits: int) -> str:
    """One step of a video host's ladder: 30 frames a second, a keyframe every two seconds."""
    rate = f"-b:v {kbits}k -maxrate {kbits * 3 // 2}k -bufsize {kbits * 2}k"
    return f"-vf scale=-2:{height}:flags=bicubic -r 30 -g 60 -pix_fmt yuv420p {encoder} {rate}"


# Bitrates of VP9: Google's "VP9 bitrate modes"; of H.264: what hosts are seen to give such pictures.
CHANNELS: dict[str, tuple[str, str]] = {
    "x264, constant rate as stated": ("mp4", f"-fps_mode cfr {X264}"),
    "x264, 24 frames a second": ("mp4", f"-fps_mode cfr -r 24 {X264}"),
    "x264, 30 frames a second": ("mp4", f"-fps_mode cfr -r 30 {X264}"),
    "x264, 60 frames a second": ("mp4", f"-fps_mode cfr -r 60 {X264}"),
    "AVI, MPEG-4 Part 2": ("avi", "-c:v mpeg4 -q:v 4"),
    "MPEG-TS, x264": ("ts", X264),
    "MPEG-TS, MPEG-2, 25 frames a second": ("ts", "-r 25 -c:v mpeg2video -q:v 4"),
    "WebM, VP9 crf 33": ("webm", f"{VP9} -crf 33 -b:v 0"),
    "host, 720p H.264, 1,500 kbit/s": ("mp4", hosted(X264, 720, 1500)),
    "host, 480p H.264, 750 kbit/s": ("mp4", hosted(X264, 480, 750)),
    "host, 720p VP9, 1,024 kbit/s": ("webm", hosted(VP9, 720, 1024)),
    "host, 480p VP9, 750 kbit/s": ("webm", hosted(VP9, 480, 750)),
}
RATES = [name for name in CHANNELS if not name.startswith("host")]


class Film:
    """Full packets of noise in a film of one profile, and what a channel leaves of them."""

    def __init__(self, profile: Profile, frames: int, folder: Path) -> None:
        self._path = folder / f"{profile}.mp4"
        target = MemoryTarget()
        writer = registry.get(CODEC).create(target, profile)
        rng, size = np.random.default_rng(1), writer.packet_size - HEADER_SIZE
        count = frames * writer.frame_packets
        self.packets = {
            Packet(DATA, b"film", 1, i, NO_RECORD, size, rng.bytes(size)).to_bytes() for i in range(count)
        }
        writer.write_guide(["A page of guide."] * 4)
        list(writer.write_packets(sorted(self.packets), writer.frame_packets))
        writer.commit(b"{}")
        writer.close()
        self._path.write_bytes(target.source().get_bytes(0, target.size))

    def left(self, suffix: str, options: str) -> float:
        """The share of packets that come back, 0 to 1."""
        out = self._path.with_suffix(f".out.{suffix}")
        command = ["ffmpeg", "-v", "error", "-y", "-i", self._path, *options.split(), out]
        subprocess.run(command, check=True)
        source = MemorySource(out.read_bytes())
        reader = registry.detect(source).open(source)
        try:
            return len(self.packets & set(reader.scan())) / len(self.packets)
        finally:
            reader.close()


def run(quick: bool) -> Section:
    frames = 6 if quick else 60
    with harness.scratch() as folder:
        films = [Film(profile, frames, folder) for profile in PROFILES]
        rows: list[list[Cell]] = []
        for name, channel in CHANNELS.items():
            rows.append([name, *(100 * film.left(*channel) for film in films)])
            harness.say(f"  {rows[-1]}")
    kept = [float(share or 0) for row in rows if row[0] in RATES for share in row[1:]]
    return Section(
        name="films",
        title="Survival of video",
        intro=_INTRO.format(frames=frames),
        tables=[Table("Packets of video that come back", ["made again as", *PROFILES], rows, "Percent.")],
        checks=[
            Check("video at other rates, in other containers: packets back", min(kept), 100, "%", least=True)
        ],
    )


_INTRO = """Films of AV1, 10 frames a second, {frames} frames of full packets of random bytes behind the guide, made
again by ffmpeg and read back. *host*: a step of the ladders that video hosts make, at 30 frames a second. Parity across
packets is not used here; it brings back one packet in eleven more. A *dense* frame carries 25 kB: no ladder has room
for it."""
