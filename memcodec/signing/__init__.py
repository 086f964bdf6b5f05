"""Keys that people have, and signatures that their own programs check: OpenSSH's (Ed25519) and minisign's.

``keys.py`` reads keys and asks for passphrases; ``sshsig.py`` and ``minisign.py`` have the two forms of signatures;
``allowed.py`` reads OpenSSH's list of who may sign. What is signed stands in ``format/statement.py``. Needs the extra
``sealed``.
"""
