"""Memory files for other programs: ``collection.py`` opens them as one, ``mcp.py`` serves them over MCP."""
