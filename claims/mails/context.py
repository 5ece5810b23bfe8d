"""What a template of a mail about a claim gets: built here for the real mails and for their samples alike."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Prefetch, QuerySet, prefetch_related_objects

from claims.mails.due import Due
from claims.models import Claim, ClaimLine, Deadline
from claims.permissions import reviewer_of
from claims.proof.words import Column
from claims.remedies import REMEDIES
from claims.words import Outcome, Reason
from cpor_portal.faults import Text
from cpor_portal.notifications.links import link_to
from cpor_portal.notifications.outbox import one_line

Context = dict[str, Any]
LINES_READ = "lines_for_mails"
BEFORE_ARBITRATION = frozenset({Outcome.CONTESTED, Outcome.VERIFIED})


@dataclass(frozen=True)
class Why:
    """A reason of an information request or a rejection, and what would cure it."""

    label: Text
    remedy: Text


@dataclass(frozen=True)
class Named:
    """The cells of the proof matrix that a request or a rejection names of one product."""

    product: str
    columns: list[Text]

    @property
    def in_words(self) -> str:
        """The columns, in the language of the mail that is being written."""
        return ", ".join(str(column) for column in self.columns)


@dataclass(frozen=True)
class Standing:
    """The lines that a mail is about, and where the claim's others stand: so each mail is complete in itself."""

    lines: Sequence[ClaimLine]
    others: Sequence[ClaimLine] = ()

    @property
    def is_in_part(self) -> bool:
        """Whether a decision on `lines` is one on a part of the claim only.

        A product that was taken back, or decided likewise before, makes no part of the rest.
        """
        same = {*(line.outcome for line in self.lines), Outcome.WITHDRAWN, Outcome.REMOVED}
        return any(line.outcome not in same for line in self.others)


def for_firm(claim: Claim, standing: Standing, **facts: Any) -> Context:
    """The context of a mail to the claim's own firm. It names no other firm and no reviewer."""
    held = {
        "lines": standing.lines,
        "others": standing.others,
        "is_in_part": standing.is_in_part,
        "any_rejected": any(line.outcome == Outcome.REJECTED for line in standing.others),
    }
    return {**_about(claim), "link": link("claims:detail", claim), **held, **facts}


def for_review(claim: Claim, lines: Sequence[ClaimLine], **facts: Any) -> Context:
    """The context of a mail to reviewers and arbiters, who read the firm's name; partners never get these.

    A reviewer who has left, or reviews no longer, does not have the claim in any way that helps.
    """
    own = {"firm": one_line(claim.firm.name), "reviewer": reviewer_of(claim), "lines": lines}
    return {**_about(claim), "link": link("arbitration:workspace", claim), **own, **_contests(lines), **facts}


def _contests(lines: Sequence[ClaimLine]) -> Context:
    """What of `lines` waits for arbitration, as the workspace says it: no reviewer can approve that."""
    waiting = [line.product.name for line in lines if line.outcome in BEFORE_ARBITRATION]
    return {"contested": waiting, "all_contested": bool(waiting) and len(waiting) == len(lines)}


def _about(claim: Claim) -> Context:
    return {"reference": claim.reference, "customer": one_line(claim.customer_display_name) or claim.domain}


def link(name: str, claim: Claim) -> str:
    """The address of a page of the claim."""
    return link_to(name, claim.reference)


def due(deadline: Deadline | None, *, is_partner: bool) -> Due | None:
    """The deadline as a mail to the claim's firm (`is_partner`), or to reviewers, tells it; None where none runs."""
    return replace(Due.of(deadline), is_partner=is_partner) if deadline else None


def reasons_of(codes: Iterable[str]) -> list[Why]:
    """The reasons in words, each with what would cure it."""
    return [Why(Reason(code).label, REMEDIES[Reason(code)]) for code in codes]


def cells_of(cells: Iterable[Mapping[str, str]], held: Standing) -> list[Named]:
    """The cells of a comment, by product in the order of the claim's lines; products that it no longer has left out."""
    columns: dict[str, list[Text]] = {}
    for cell in cells:
        columns.setdefault(cell["product"], []).append(Column(cell["column"]).label)
    products = {line.product.code: line.product.name for line in (*held.lines, *held.others)}
    return [Named(name, columns[code]) for code, name in products.items() if code in columns]


def read_ahead(claims: Sequence[Claim]) -> None:
    """Read the lines of many claims at once for the mails about them; what changes a line comes after or not at all."""
    read = Prefetch("lines", _as_filed(ClaimLine.objects.all()), to_attr=LINES_READ)
    prefetch_related_objects(claims, read)


def undecided(claim: Claim) -> list[ClaimLine]:
    """The lines that somebody still has to act on, read once for all mails of an act."""
    read_ahead([claim])
    return [line for line in getattr(claim, LINES_READ) if line.is_undecided]


def standing(claim: Claim, lines: Sequence[ClaimLine]) -> Standing:
    """`lines` of the claim, and the others that were ever submitted with it."""
    return Standing(lines, [line for line in _filed(claim) if line not in lines])


def standing_of(claim: Claim, outcomes: Iterable[Outcome]) -> Standing:
    """The claim's lines that have one of `outcomes`, and the others."""
    filed, wanted = _filed(claim), set(outcomes)
    chosen = [line for line in filed if line.outcome in wanted]
    return Standing(chosen, [line for line in filed if line not in chosen])


def _filed(claim: Claim) -> list[ClaimLine]:
    """As they stand now, or as they stood when many claims were read ahead."""
    read: list[ClaimLine] | None = getattr(claim, LINES_READ, None)
    return list(_as_filed(claim.lines.all())) if read is None else read


def _as_filed(lines: QuerySet[ClaimLine]) -> QuerySet[ClaimLine]:
    return lines.exclude(submitted_at=None).select_related("product")
