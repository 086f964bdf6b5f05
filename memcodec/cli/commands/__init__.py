"""The commands, one file each, named like it."""
