"""The vector index: coded vectors, flat or in lists, searched by inner product."""
