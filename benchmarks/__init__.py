"""Measures memcodec: ``python -m benchmarks all`` writes docs/BENCHMARKS.md. Never imported by the package."""
