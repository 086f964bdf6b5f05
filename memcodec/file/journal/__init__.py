"""The journal of one memory file: what is written at once behind its last commit, until it is folded into media."""
