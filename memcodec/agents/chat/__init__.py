"""A conversation about memory files: ``quoting.py`` words the prompt, ``endpoint.py`` asks a model,
``conversation.py`` leads it.
"""
