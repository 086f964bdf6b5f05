"""Whole memory files made again or checked: merge, compact, convert, repair, verify, branch, tag, index."""
