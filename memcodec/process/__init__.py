"""How memcodec starts Python, lives through a fork, and is started: safe paths, no reports to makers, streams."""
