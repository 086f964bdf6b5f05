"""Packets as media: what a codec must do (``contract.py``) and which there are (``registry.py``)."""
