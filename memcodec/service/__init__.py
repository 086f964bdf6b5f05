"""Memory files for many people at once: a service over HTTP, whose front page is the page that searches them.

Needs the extra ``memcodec[serve]``. ``shelf.py`` has the files, and asks the library for everything; ``writer.py`` is
the one that writes to a file. ``guard.py`` decides who may ask, ``access.py`` has their tokens, ``faults.py`` what
they are told when it goes wrong. ``api.py`` are documents and search, ``asked.py`` what is asked of them, ``bytes.py``
the files' bytes for pages, ``events.py`` what happens, ``front.py`` the pages, ``bare.py`` those without a script,
``metrics.py`` numbers for Prometheus.
``notes/`` are documents that several edit at once. ``managing.py`` makes memories and takes files in, ``insights.py``
shows what is in them from above, ``views.py`` is the page that manages them, ``navigation.py`` leads from each page to
the others. ``app.py`` puts them together, ``running.py`` runs them.
"""
