"""For processes that are forked: what they add is written as a commit with media, as in tests/conftest.py."""

import os

from memcodec.file.journal import limits
from tests.reliability.sealing import IDENTITY

limits.SMALL = -1
os.environ["MEMCODEC_IDENTITY"] = IDENTITY
