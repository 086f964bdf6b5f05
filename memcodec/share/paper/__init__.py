"""A small memory on paper: pages of QR symbols to print, and a memory file again from photographs of them.

``printing.py`` and ``scanning.py`` are the two ways; ``page.py`` says where things stand on a page.
"""

from __future__ import annotations

from memcodec.share.paper.printing import PrintOptions, PrintReport, print_sheets
from memcodec.share.paper.scanning import ScanReport, scan_sheets

__all__ = ["PrintOptions", "PrintReport", "ScanReport", "print_sheets", "scan_sheets"]
