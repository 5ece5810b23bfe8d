"""At which steps of the wizard each reason of an information request is cured (domain.md, "Statuses of a claim").

`CORRECT` is no step but the page on which a correction is asked for (docs/decisions/corrections.md): the activity of a
filed claim changes in no other way. What it no longer lets change at all, the tenant, is no cure: such a claim is
withdrawn and filed anew.
"""

from collections.abc import Iterable

from claims.words import Reason

CORRECT = "correct"
CURED_AT: dict[Reason, tuple[str, ...]] = {
    Reason.PROOF_MISSING: ("proof",),
    Reason.ACKNOWLEDGEMENT_MISSING: ("proof",),
    Reason.DATES_MISSING_OR_OLD: ("proof",),
    Reason.WORK_DESCRIPTION_MISSING: ("proof",),
    Reason.PRODUCT_MISSING: ("proof", "products"),
    Reason.FACTS_DO_NOT_VERIFY: ("products", "mpn"),
    Reason.PARTNER_REQUEST: ("mpn", CORRECT, "products", "contacts"),
}


def steps_that_cure(codes: Iterable[str]) -> tuple[str, ...]:
    """The slugs of the steps that cure these reasons, each once, in the order of the reasons."""
    steps = (step for code in codes for step in CURED_AT.get(Reason(code), ()))
    return tuple(dict.fromkeys(steps))
