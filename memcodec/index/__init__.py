"""Segments: the index arrays one commit writes. A cache of what the media holds, embedded in the same file."""
