"""Retrievers for other libraries, a module each: it needs the extra of its name. ``passages.py`` is what they share."""
