"""A server of this machine that stands between a program and its models, for programs that cannot be changed.

The protocols of OpenAI and Anthropic keep no state: every request has the whole conversation in it, so that what
passes here is the whole loop of an agent. ``server.py`` listens and forwards; ``session.py`` records what passes, or
answers from the record; ``asking.py`` says what a request is about, ``upstream.py`` fetches.
"""
