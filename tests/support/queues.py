"""A queue for tests: the first claim by the real act, the others its copies for other customers."""

from uuid import uuid4

from claims.models import Claim, Target
from claims.models.claim import new_reference
from tests.support.stories import make_submitted


def make_claims(number: int) -> list[Claim]:
    """Submitted claims of one firm, all with the same deadline."""
    first = make_submitted()
    return [first, *(copy_of(first) for _one in range(number - 1))]


def copy_of(claim: Claim) -> Claim:
    """A claim like this one, with the same deadline, for another tenant."""
    line = claim.lines.get()
    target = Target.objects.create(tenant_id=uuid4(), product=line.product)
    copy = Claim.objects.get(pk=claim.pk)
    copy.pk, copy.reference, copy.tenant_id = None, new_reference(), target.tenant_id
    copy.save(force_insert=True)
    line.pk, line.claim, line.target = None, copy, target
    line.save(force_insert=True)
    return copy
