"""Files that people send: stored, scanned, looked into, drawn. Nothing here knows a claim."""

from cpor_portal.documents.local import local_copy

__all__ = ["local_copy"]
