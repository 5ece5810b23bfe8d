"""Proof of execution: the documents of a claim."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from claims.models.claim import Claim


class DocumentType(models.TextChoices):
    """Accepted types, told by content and never by name (domain.md, "Proof of execution")."""

    PDF = "application/pdf", "PDF"
    DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "DOCX"
    PNG = "image/png", "PNG"
    JPEG = "image/jpeg", "JPEG"


def random_name(document: "Document", _filename: str) -> str:
    """Where a file is stored: a random name that tells nothing (design.md, "What always holds" 8)."""
    return f"{document.claim.reference}/{uuid.uuid4().hex}"


class Document(models.Model):
    """One file of proof."""

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="documents", verbose_name=_("claim"))
    file = models.FileField(_("file"), upload_to=random_name, max_length=200)
    name = models.CharField(_("file name"), max_length=255)
    content_type = models.CharField(_("type"), max_length=100, choices=DocumentType.choices)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    sha256 = models.CharField("SHA-256", max_length=64)
    uploaded_at = models.DateTimeField(_("uploaded"), default=timezone.now)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("uploaded by")
    )
    # The submission round in which it was added: 0 while drafting.
    round = models.PositiveIntegerField(_("round"), default=0)

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering = ["-uploaded_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["claim", "sha256"], name="one_copy_of_a_document_per_claim")]

    def __str__(self) -> str:
        return self.name
