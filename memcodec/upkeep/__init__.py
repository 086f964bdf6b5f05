"""Whole memory files made anew or checked: merge, compact, convert, repair, verify, branch, tag, index."""
