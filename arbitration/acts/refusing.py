"""What a request for information and a rejection share: reasons, cells and a text that is frozen once it is sent."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from arbitration.acts.cells import Spoken, spoken
from arbitration.acts.ground import checked_reasons, decide_round
from arbitration.models import ReviewDecision
from claims.acts.comment import write_comment
from claims.acts.ground import Doing
from claims.models import ClaimLine
from claims.words import Audience
from cpor_portal.accounts.models import User


@dataclass(frozen=True)
class Refusal:
    """What is said of `lines`: nothing of it is written before `tell`."""

    lines: Sequence[ClaimLine]
    said: Spoken
    reasons: list[str]
    text: str

    def tell(self, doing: Doing, decision: ReviewDecision) -> dict[str, Any]:
        """Write it down: the review, a comment that the partner reads, the matrix. Returns what the history keeps."""
        cells = self.said.data["cells"]
        decide_round(doing, decision, reasons=self.reasons, text=self.text)
        write_comment(doing, body=self.text, audience=Audience.PARTNER, reasons=self.reasons, cells=cells)
        self.said.publish(doing)
        return {
            **self.said.data,
            "reasons": self.reasons,
            "lines": [line.pk for line in self.lines],
            "products": [line.product.name for line in self.lines],
        }

    @property
    def in_the_mail(self) -> dict[str, Any]:
        """What the mail about it needs besides."""
        return {"reasons": self.reasons, "text": self.text.strip(), "cells": self.said.data["cells"]}


def refusal(
    doing: Doing,
    by: User,
    *,
    lines: Sequence[ClaimLine],
    reasons: Collection[str],
    text: str,
    keys: Collection[str],
    ticked_of: Sequence[ClaimLine] | None = None,
) -> Refusal:
    """Bring reasons and cells in line, and check both and the text. To be asked before the outcomes change.

    The parameters are those of `arbitration.acts.cells.spoken`. Raises Refused as it and `checked_reasons` do.
    """
    said = spoken(doing, by, lines=lines, reasons=reasons, keys=keys, ticked_of=ticked_of)
    return Refusal(lines, said, checked_reasons(said.reasons, text), text)
