"""A conversation about memory files: ``quoting.py`` words the prompt, ``conversation.py`` leads it."""
