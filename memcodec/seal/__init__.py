"""Keys of sealed files: made, wrapped for whom they are (age.py), held (keyring.py), and used (aead.py).

What the files look like is the matter of ``format``: cipher.py says what is asked of a key, envelope.py and sealed.py
what is sealed. Nothing here is loaded for a file that is not sealed.
"""
