"""Whole memory files between this machine and far places: published to a bucket, fetched from a URL."""

from memcodec.share.delivery.fetching import Fetched, fetch, place_for, unfinished
from memcodec.share.delivery.publishing import Published, publish

__all__ = ["Fetched", "Published", "fetch", "place_for", "publish", "unfinished"]
