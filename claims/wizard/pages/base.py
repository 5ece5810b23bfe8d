"""What every page of the wizard can do."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.http import HttpRequest

from claims.models import Claim, Document
from claims.permissions import visible_documents
from claims.wizard.forms.base import StepForm
from claims.wizard.steps import Progress, progress_of
from cpor_portal.accounts.models import User


@dataclass(frozen=True)
class Visit:
    """Somebody at a step of a claim that is their firm's. `today` is what the checks count with."""

    claim: Claim
    user: User
    today: date

    @cached_property
    def progress(self) -> Progress:
        """How far the claim has come, asked once; a visit shows the claim as it was when it began."""
        return progress_of(self.claim, self.today)

    @cached_property
    def documents(self) -> list[Document]:
        """The claim's documents, newest first, asked once; as they were when the visit began."""
        return list(visible_documents(self.user, self.claim))

    @property
    def key(self) -> dict[str, Any]:
        """Whose act on which claim: the arguments that every act takes."""
        return {"reference": self.claim.reference, "by": self.user}


Data = Mapping[str, Any] | None


class StepPage(ABC):
    """A step as a page."""

    template_name: str

    @abstractmethod
    def form(self, visit: Visit, data: Data = None, files: Data = None) -> StepForm:
        """The form, filled from the row, or with what was sent."""

    @abstractmethod
    def save(self, visit: Visit, form: Any) -> list[str]:
        """Check what was sent and call the one act that keeps it; answers what there is to tell.

        Raises Refused (several as ManyRefused), NotAllowed, Conflict.
        """

    def facts(self, visit: Visit, form: Any) -> dict[str, Any]:
        """What the template needs beyond the form."""
        return {}

    def press(self, visit: Visit, request: HttpRequest) -> bool:
        """Do what another button than "save" asks for; False where none was pressed."""
        return False
