"""The format as bytes: packets, blocks, parity and the commit record. No I/O here; docs/FORMAT.md says it in words."""
