"""The records of a claim; names are fixed by design.md, "Records"."""

from claims.models.claim import Claim, ClaimLine
from claims.models.correction import Correction, CorrectionState
from claims.models.feed import CalendarFeed
from claims.models.history import Comment, Deadline, Event, Snapshot
from claims.models.proof import Document, DocumentPage, Finding, ProofCell, TextBand
from claims.models.target import Association, Target

__all__ = [
    "Association",
    "CalendarFeed",
    "Claim",
    "ClaimLine",
    "Comment",
    "Correction",
    "CorrectionState",
    "Deadline",
    "Document",
    "DocumentPage",
    "Event",
    "Finding",
    "ProofCell",
    "Snapshot",
    "Target",
    "TextBand",
]
