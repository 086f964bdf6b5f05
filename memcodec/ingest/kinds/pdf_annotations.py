"""What is laid over a PDF's page (ISO 32000-1, sections 12.5 and 12.7): filled-in fields of forms, text set by hand,
comments. PDFium's text of a page holds none of it.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from typing import Any

_MOST = 10_000  # annotations of one page
_LONGEST = 1 << 20  # bytes of one text
_PASSWORD = 1 << 13  # of a field's flags
_Ask = Callable[[Any, int], int]  # fills a buffer of so many bytes, and gives the bytes needed


def overlaid(pdfium: Any, document: Any, page: Any) -> Iterator[str]:
    """The texts laid over ``page``, in the order they are stored."""
    raw = pdfium.raw
    for index in range(min(raw.FPDFPage_GetAnnotCount(page), _MOST)):
        annotation = raw.FPDFPage_GetAnnot(page, index)
        if not annotation:
            continue
        try:
            yield _text(raw, document.formenv, annotation)
        finally:
            raw.FPDFPage_CloseAnnot(annotation)


def _text(raw: Any, form: Any, annotation: Any) -> str:
    kind = raw.FPDFAnnot_GetSubtype(annotation)
    unseen = raw.FPDF_ANNOT_FLAG_HIDDEN | raw.FPDF_ANNOT_FLAG_NOVIEW
    if raw.FPDFAnnot_GetFlags(annotation) & unseen or kind in (raw.FPDF_ANNOT_LINK, raw.FPDF_ANNOT_POPUP):
        return ""
    if kind == raw.FPDF_ANNOT_WIDGET:
        return _field(raw, form, annotation) if form else ""
    text = _asked(lambda buffer, size: raw.FPDFAnnot_GetStringValue(annotation, b"Contents", buffer, size))
    return text if kind == raw.FPDF_ANNOT_FREETEXT or not text else f"Comment: {text}"


def _field(raw: Any, form: Any, annotation: Any) -> str:
    """A form's field: its label and what was filled in; of boxes, those that are ticked. Passwords are not told."""
    kind = raw.FPDFAnnot_GetFormFieldType(form, annotation)
    flags = raw.FPDFAnnot_GetFormFieldFlags(form, annotation)
    if kind in (raw.FPDF_FORMFIELD_CHECKBOX, raw.FPDF_FORMFIELD_RADIOBUTTON):
        ask = raw.FPDFAnnot_GetFormFieldExportValue if raw.FPDFAnnot_IsChecked(form, annotation) else None
    elif kind == raw.FPDF_FORMFIELD_TEXTFIELD and flags & _PASSWORD:
        ask = None
    else:
        ask = raw.FPDFAnnot_GetFormFieldValue
    if ask is None:
        return ""

    def said(ask: Any) -> str:
        return _asked(lambda buffer, size: ask(form, annotation, buffer, size))

    value = said(ask)
    label = said(raw.FPDFAnnot_GetFormFieldAlternateName) or said(raw.FPDFAnnot_GetFormFieldName)
    return f"{label}: {value}" if label and value else value


def _asked(ask: _Ask) -> str:
    """The text that PDFium gives in UTF-16."""
    size = min(ask(None, 0), _LONGEST)
    buffer = (ctypes.c_ushort * (size // 2 + 1))()
    given = min(ask(buffer, ctypes.sizeof(buffer)), ctypes.sizeof(buffer))
    return bytes(buffer)[:given].decode("utf-16-le", "replace").rstrip("\0").strip()
