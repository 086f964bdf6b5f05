"""Bytes of a web server, by range requests."""
