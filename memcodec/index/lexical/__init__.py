"""The lexical index: terms, their postings and positions, ranked by BM25."""
