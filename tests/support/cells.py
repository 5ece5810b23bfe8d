"""Claims whose proof matrix is filled in, and what is ticked and told of it."""

from arbitration.models import CellCheck
from claims.acts.cells import set_cells
from claims.models import Claim, ClaimLine
from claims.proof.words import Column
from cpor_portal.review_site import review_day
from tests.support.factories import make_workload
from tests.support.stories import make_customer, make_side, make_submitted


def make_filed(count: int = 2) -> Claim:
    """A submitted claim of so many products whose cells all point to its one document."""
    products = [make_workload() for _product in range(count)]
    claim = make_submitted(make_side(), make_customer(*products), *products)
    return fill(claim, [key(line, column) for line in claim.lines.all() for column in Column])


def fill(claim: Claim, keys: list[str], page: int = 1) -> Claim:
    """The partner says that a page of the document shows these cells."""
    document, day = claim.documents.first(), review_day()
    assert document is not None
    assert claim.submitted_by is not None
    return set_cells(
        reference=claim.reference,
        by=claim.submitted_by,
        document_id=document.pk,
        page=page,
        keys=keys,
        dated_on=day,
        offered=keys,
    )


def key(line: ClaimLine, column: str) -> str:
    return f"{line.pk}:{column}"


def lines_of(claim: Claim) -> list[ClaimLine]:
    return list(claim.lines.select_related("product").order_by("id"))


def ticks(claim: Claim) -> dict[str, bool]:
    """What is ticked in the claim's current round, by key."""
    lines = {line.product_id: line for line in lines_of(claim)}
    checks = CellCheck.objects.filter(review__claim=claim, review__round=Claim.objects.get(pk=claim.pk).round)
    return {key(lines[check.product_id], check.column): check.holds for check in checks}


def verdicts(claim: Claim) -> dict[str, str]:
    """What decisions have said, by key."""
    lines = {line.product_id: line for line in lines_of(claim)}
    return {key(lines[one.product_id], one.column): one.verdict for one in claim.cells.exclude(verdict="")}
