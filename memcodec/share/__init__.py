"""Memory files on their way to others: published and fetched, split and joined, printed and scanned."""
