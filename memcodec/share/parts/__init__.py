"""A memory file as parts small enough to send: numbered media files, any so many of which give it back.

``erasure.py`` is the code over the parts, ``part.py`` what a part is, ``plan.py`` how many parts there are;
``splitter.py`` makes them, ``joiner.py`` puts them together.
"""

from memcodec.share.parts.joiner import JoinReport, Unusable, join, ranges
from memcodec.share.parts.splitter import PartFile, SplitReport, split

__all__ = ["JoinReport", "PartFile", "SplitReport", "Unusable", "join", "ranges", "split"]
