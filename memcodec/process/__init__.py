"""How memcodec starts Python, lives through a fork, and what it has of the machine; safe paths, streams, no reports."""
