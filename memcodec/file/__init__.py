"""One memory file: what it holds after each of its commits. ``reader.py`` and ``writer.py`` are the ways in."""
