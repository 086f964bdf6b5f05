"""The fuzzer: files of this format, changed with every checksum put right, and read by all that reads files.

``make fuzz`` runs it; ``python -m tests.fuzz --help`` says how. A mutant follows from a campaign and its number
alone, so any machine can make any of them again. ``make guided`` lets coverage choose the changes, by atheris, which is
installed for that alone.

    seeds.py       whole memory files to start from, kept in corpus/
    values.py      what is put in the place of numbers, strings, bytes and JSON
    draft.py       a file under change: its record, its blobs, its packets; checksums are put right when it is finished
    of_index.py    changes of commit record and blobs        of_packets.py    of packets, records, parity, sheets
    of_layers.py   of QR symbols and bursts of sound, their error correction right
    of_container.py   of boxes, FLAC frames, trailers, parts    mutants.py    which of these make mutant number n
    exercise.py    every public function that reads, and what it must not do
    campaign.py    worker processes with limits; faults counted, made small and kept
    guided.py      libFuzzer, by atheris, on genes.py: mutants as a few bytes, which coverage keeps and goes on from
    plain.py       a codec without a medium, for speed
"""
