"""Memory files served over MCP: ``server.py`` speaks, ``schemas.py`` shapes what it says, ``wording.py`` words it."""
