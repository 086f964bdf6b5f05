"""Memory files served over MCP: ``server.py`` speaks, ``wording.py`` words what it says."""
