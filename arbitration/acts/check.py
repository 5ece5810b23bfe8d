"""Ticking cells of the proof matrix: the working notes of whoever reviews."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from arbitration.acts.ground import begin_decision
from arbitration.cells import is_current, require_known, require_seen, tickable
from arbitration.models import CellCheck, Review
from claims.acts.ground import Doing
from claims.models import Claim
from claims.proof.keys import CellKey
from claims.proof.matrix import MatrixView, matrix_of
from claims.proof.words import Column
from claims.transitions import Act
from cpor_portal.accounts.models import User
from cpor_portal.faults import Refused


def check_cells(
    *,
    reference: str,
    by: User,
    held: Collection[str] = (),
    missing: Collection[str] = (),
    version: int | None = None,
    at: datetime | None = None,
) -> Claim:
    """Note which cells hold and which do not, all at once; cells that are not named are ticked neither way.

    The reviewer who has the claim, or an arbiter, may, whenever information could be requested. Nobody hears of it: the
    claim's version and history stand still until a decision tells the partner. `at` (aware) is when it happened, now
    unless it is told afterwards. Raises Refused (`cell_unknown`, `cell_hidden`, `cell_ticked_twice`), Conflict,
    NotAllowed.
    """
    with transaction.atomic():
        doing = begin_decision(reference=reference, act=Act.REQUEST_INFORMATION, by=by, version=version, at=at)
        matrix = matrix_of(doing.claim, by)
        require_known(matrix, {*held, *missing})
        require_seen(matrix, held)
        if set(held) & set(missing):
            text = _("A cell cannot both hold and be missing. Choose one of the two.")
            raise Refused("cell_ticked_twice", text, field="cells", cells=sorted(set(held) & set(missing)))
        review = Review.objects.get(claim=doing.claim, round=doing.claim.round)
        _forget_outdated(review, matrix)
        _write(review, {**_ticks(matrix, held, holds=True), **_ticks(matrix, missing, holds=False)}, by, doing.at)
    return doing.claim


def _ticks(matrix: MatrixView, keys: Collection[str], *, holds: bool) -> dict[CellKey, bool]:
    known = matrix.by_key
    return {(known[key].product.pk, known[key].column): holds for key in keys}


def _forget_outdated(review: Review, matrix: MatrixView) -> None:
    """Ticks on what a cell does not say any more: whoever ticks it again looks at what stands there now."""
    cells = {(cell.product.pk, str(cell.column)): cell for cell in matrix.cells}
    checks = [check for check in review.cells.all() if (check.product_id, check.column) in cells]
    old = [check.pk for check in checks if not is_current(check, cells[check.product_id, check.column])]
    CellCheck.objects.filter(pk__in=old).delete()


def _write(review: Review, ticks: dict[CellKey, bool], by: User, at: datetime) -> None:
    """Leave what stands as it is, so that it is still known who ticked it and when."""
    stored = {(check.product_id, Column(check.column)): check for check in review.cells.all()}
    gone = [check.pk for cell, check in stored.items() if ticks.get(cell) != check.holds]
    fresh = [cell for cell, holds in ticks.items() if cell not in stored or stored[cell].holds != holds]
    CellCheck.objects.filter(pk__in=gone).delete()
    CellCheck.objects.bulk_create(
        CellCheck(review=review, product_id=product, column=column, holds=ticks[product, column], at=at, by=by)
        for product, column in fresh
    )


def carry_over(doing: Doing, review: Review, by: User) -> None:
    """Begin a further round with the cells ticked that were accepted before and that have not changed since."""
    if doing.claim.resubmitted_at is None:
        return
    accepted = [cell for cell in tickable(matrix_of(doing.claim, by)) if cell.is_accepted]
    CellCheck.objects.bulk_create(
        CellCheck(review=review, product=cell.product, column=cell.column, holds=True, at=doing.at, by=by)
        for cell in accepted
    )
