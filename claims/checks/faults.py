"""Several refusals at once, and refusals that belong to a step."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from cpor_portal.faults import Refused


class Step(StrEnum):
    """The wizard's steps that hold answers, in order; the names are part of their URLs (design.md, "Contract")."""

    TENANT = "tenant"
    ACTIVITY = "activity"
    MPN = "mpn"
    PRODUCTS = "products"
    CONTACTS = "contacts"
    PROOF = "proof"


class ManyRefused(Refused):
    """Several fields of one step do not hold. It stands for its first fault where only one can be shown."""

    def __init__(self, faults: Sequence[Refused]) -> None:
        first = faults[0]
        super().__init__(first.code, first.text, field=first.field, **first.facts)
        self.faults = tuple(faults)


@dataclass(frozen=True)
class StepFault:
    """A fault, and the step of the wizard where it is cured."""

    step: Step
    fault: Refused


def faults_in(fault: Refused) -> tuple[Refused, ...]:
    """The single faults in `fault`: its parts, or itself."""
    return fault.faults if isinstance(fault, ManyRefused) else (fault,)


def raise_all(faults: Sequence[Refused]) -> None:
    """Raises what was collected: one fault as itself, several as ManyRefused. Nothing collected: nothing raised."""
    if faults:
        raise faults[0] if len(faults) == 1 else ManyRefused(faults)
