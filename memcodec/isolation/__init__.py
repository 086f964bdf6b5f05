"""What stands between a stranger's bytes and the libraries that read them: what those may open, reach and spend."""
