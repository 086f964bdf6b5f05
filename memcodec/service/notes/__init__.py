"""Notes that several people edit at once: Yjs in the browser, pycrdt here.

``wire.py`` are the messages, ``updates.py`` what of an update is let in. ``shared.py`` is a note's text as all hold
it, ``changes.py`` how two texts differ. ``kept.py`` is the file that has updates until they are committed, ``log.py``
what is on its way there; ``pace.py`` says when there is a commit, ``stored.py`` makes it. ``room.py`` is one note,
``seat.py`` one who edits it, ``presence.py`` who is there and where. ``hub.py`` has all notes, ``page.py`` the page.
"""
