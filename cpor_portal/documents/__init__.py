"""Files that people send: stored, scanned, looked into, drawn. Nothing here knows a claim."""

from cpor_portal.documents.inside.faults import Broken, Fault, NotBegun, TooMuch, Unusable
from cpor_portal.documents.local import local_copy
from cpor_portal.documents.looking import MAX_PAGES, Inspection, Text, draw, extract, inspect

__all__ = [
    "MAX_PAGES",
    "Broken",
    "Fault",
    "Inspection",
    "NotBegun",
    "Text",
    "TooMuch",
    "Unusable",
    "draw",
    "extract",
    "inspect",
    "local_copy",
]
