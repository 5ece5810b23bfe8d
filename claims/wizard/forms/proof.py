"""The documents that show what was done; several at once."""

from typing import Any, ClassVar

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from claims.models.proof import DocumentType
from claims.wizard.forms.base import StepForm, part

ACCEPTED = ".pdf,.docx,.png,.jpg,.jpeg," + ",".join(DocumentType.values)


class SeveralFiles(forms.FileInput):
    """A file field that takes more than one."""

    allow_multiple_selected = True


class DocumentsField(forms.FileField):
    """A list of files; an empty or nameless one is let through to the check, which knows better words."""

    widget = SeveralFiles

    def clean(self, data: Any, initial: Any = None) -> "list[UploadedFile[Any]]":
        """Whatever was sent, as a list."""
        return [file for file in (data if isinstance(data, list | tuple) else [data]) if file]


class ProofForm(StepForm):
    """Choose documents to add. What is on the claim already is listed beside the form."""

    step: ClassVar = "proof"
    # Documents only come and go; nobody writes over another's.
    seen = None  # type: ignore[assignment]  # Django's way to take a field of the base away
    documents = DocumentsField(
        label=_("Add documents"), required=False, widget=SeveralFiles(attrs={"multiple": True, "accept": ACCEPTED})
    )
    layout: ClassVar = (part("documents"),)
