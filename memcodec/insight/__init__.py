"""What is in some memory files, how it hangs together, and how it changes: terms, relations, topics, trends.

Nothing here is stored beside the files: ``corpus.py`` reads them from the lexical index as one stream of terms.
``concepts.py`` finds what they speak of, ``relations.py`` what belongs together and how sure that is,
``communities.py`` what forms groups; ``graph.py`` is made of these. ``topics.py`` and ``trends.py`` count,
``synthesis.py`` quotes, ``claims.py`` checks what a model says. ``page/`` draws.
"""
