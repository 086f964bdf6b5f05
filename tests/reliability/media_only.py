"""For processes that are forked: what they add is written as a commit with media, as in tests/conftest.py."""

from memcodec.file.journal import limits

limits.SMALL = -1
