"""The video codecs: memory files whose every frame is a grid of QR symbols. Importing this loads no PyAV."""

from __future__ import annotations

from memcodec_video.codec import AV1, H264, H265, MP4V, VP9

__all__ = ["AV1", "H264", "H265", "MP4V", "VP9"]
