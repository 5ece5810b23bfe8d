"""Microsoft's side: the reviews of a claim, and the desks of those who review (domain.md, "Who uses the portal")."""

from arbitration.models.desk import Absence, Bar, Desk, Presence, SavedFilter, WorkingNote
from arbitration.models.review import (
    CellCheck,
    DecisionReason,
    LineDecision,
    Review,
    ReviewDecision,
    SecondReading,
)

__all__ = [
    "Absence",
    "Bar",
    "CellCheck",
    "DecisionReason",
    "Desk",
    "LineDecision",
    "Presence",
    "Review",
    "ReviewDecision",
    "SavedFilter",
    "SecondReading",
    "WorkingNote",
]
