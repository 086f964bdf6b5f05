"""Packets as media: what a codec must do (``contract.py``), what all share, which there are (``registry.py``)."""
