"""Sources in, documents and chunks out: the folder walk, one loader a module, the chunker.

``walk.walk`` yields an ``Item`` for every document it finds; ``item.text_item`` makes one of a text in hand; a
``chunker.Chunker`` cuts a document's bytes into the spans that search returns.
"""
