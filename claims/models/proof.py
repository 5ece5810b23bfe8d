"""Proof of execution: the documents of a claim, what was read in them, and the cells of the proof matrix."""

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from claims.models.claim import Claim
from claims.proof.words import SHOWABLE, CellVerdict, Column, Element, ReadState, ScanState, Source, Verdict
from cpor_portal.directory.models import Product


class DocumentType(models.TextChoices):
    """Accepted types, told by content and never by name (domain.md, "Proof of execution")."""

    PDF = "application/pdf", "PDF"
    DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "DOCX"
    PNG = "image/png", "PNG"
    JPEG = "image/jpeg", "JPEG"


def random_name(document: "Document", _filename: str) -> str:
    """Where a file is stored: a random name that tells nothing (design.md, "What always holds" 8)."""
    return f"{document.claim.reference}/{uuid.uuid4().hex}"


# What fails each time stands behind what has not been tried: many that fail keep nobody else waiting.
FAIREST = (F("look_again_at").asc(nulls_first=True), "id")


class DocumentQuerySet(models.QuerySet["Document"]):
    """Filters over documents; who may see which is decided in `claims.permissions`."""

    def showable(self) -> "DocumentQuerySet":
        """Those whose scan said that they may be shown, and those of a portal without a scanner."""
        return self.filter(scan_state__in=SHOWABLE)

    def counted(self) -> "DocumentQuerySet":
        """Those that count as proof: all but quarantined ones."""
        return self.exclude(scan_state=ScanState.INFECTED)

    def due(self, now: datetime) -> "DocumentQuerySet":
        """Those that a sweep at `now` (aware) may take: not those whose storage or scanner failed a moment ago."""
        return self.filter(Q(look_again_at=None) | Q(look_again_at__lte=now))

    def to_scan(self) -> "DocumentQuerySet":
        """Those that wait for the scanner, those that never failed first."""
        return self.filter(scan_state=ScanState.WAITING).order_by(*FAIREST)

    def to_read(self) -> "DocumentQuerySet":
        """Those that may be shown and were not read yet, the least tried first."""
        return self.showable().filter(read_state=ReadState.WAITING).order_by("read_attempts", *FAIREST)

    def to_judge(self) -> "DocumentQuerySet":
        """Those that were read, and whose words were not yet compared with the claim's facts, the least tried first."""
        read = self.showable().exclude(read_state=ReadState.WAITING)
        return read.filter(judged_at=None).order_by("judge_attempts", *FAIREST)

    def judged(self) -> "DocumentQuerySet":
        """Those that were compared with the claim's facts, those that were looked after longest ago first."""
        return self.exclude(judged_at=None).order_by("judged_at", "id")


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

    scan_state = models.CharField(
        _("virus scan"), max_length=12, choices=ScanState.choices, default=ScanState.NOT_SCANNED
    )
    scanned_at = models.DateTimeField(_("scanned"), null=True, blank=True)
    threat = models.CharField(_("what the scanner found"), max_length=200, blank=True)

    read_state = models.CharField(_("reading"), max_length=12, choices=ReadState.choices, default=ReadState.WAITING)
    read_at = models.DateTimeField(_("read"), null=True, blank=True)
    # How often a reading began: a file that ends its reader each time is given up instead of tried for ever.
    read_attempts = models.PositiveSmallIntegerField(_("attempts to read it"), default=0)
    page_count = models.PositiveIntegerField(_("pages"), null=True, blank=True)
    has_signature_field = models.BooleanField(_("has a signed signature field"), default=False)
    # When it was compared, or last found to be compared with the facts as they are. Empty again whenever a fact of the
    # claim changes that the findings rest on.
    judged_at = models.DateTimeField(_("compared with the claim"), null=True, blank=True)
    # How often a comparison began: 0 again after one that came to its end, so that one that was given up can be told.
    judge_attempts = models.PositiveSmallIntegerField(_("attempts to compare it"), default=0)
    # Which facts it was compared with (Facts.key): others may change them, who know nothing of claims.
    facts_key = models.CharField(_("facts it was compared with"), max_length=32, blank=True)
    # The sweeps leave it alone until then: its storage or the scanner failed.
    look_again_at = models.DateTimeField(_("tried again"), null=True, blank=True)
    # MinHash of what its author wrote, 64 numbers of four bytes; empty where that is too little to compare.
    text_signature = models.BinaryField(_("signature of the text"), null=True, blank=True)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering = ["-uploaded_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["claim", "sha256"], name="one_copy_of_a_document_per_claim")]
        indexes = [
            models.Index(fields=["sha256"], name="documents_by_content"),
            # What the jobs sweep for each minute: few rows among very many.
            models.Index(fields=["id"], name="documents_to_scan", condition=Q(scan_state=ScanState.WAITING)),
            models.Index(fields=["id"], name="documents_to_read", condition=Q(read_state=ReadState.WAITING)),
            models.Index(fields=["id"], name="documents_to_judge", condition=Q(judged_at__isnull=True)),
            models.Index(fields=["judged_at", "id"], name="documents_by_comparison"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_showable(self) -> bool:
        """Whether its content may be shown and read: its scan said so, or there is no scanner."""
        return self.scan_state in SHOWABLE

    @property
    def is_quarantined(self) -> bool:
        """Whether the scanner found something in it. It is shown to nobody and counts as no proof."""
        return self.scan_state == ScanState.INFECTED

    @property
    def is_given_up(self) -> bool:
        """Whether it could not be compared with the claim: nobody but people has looked for anything in it."""
        return self.judged_at is not None and self.judge_attempts > 0

    @property
    def has_pictures(self) -> bool:
        """Whether its pages can be drawn; a DOCX is shown as text."""
        return self.content_type != DocumentType.DOCX


class DocumentPage(models.Model):
    """The text of one page, as it was read. A DOCX has the pages that its last writer noted, or a single one."""

    document = models.ForeignKey(Document, models.CASCADE, related_name="pages", verbose_name=_("document"))
    number = models.PositiveIntegerField(_("page"))
    text = models.TextField(_("text"), blank=True)

    class Meta:
        verbose_name = _("page")
        verbose_name_plural = _("pages")
        ordering = ["document_id", "number"]
        constraints = [models.UniqueConstraint(fields=["document", "number"], name="one_text_per_page")]

    def __str__(self) -> str:
        return f"{self.document_id}: {self.number}"


class Finding(models.Model):
    """Something that the checker found in a document: what, on which page, in which words. It advises only."""

    document = models.ForeignKey(Document, models.CASCADE, related_name="findings", verbose_name=_("document"))
    element = models.CharField(_("element"), max_length=20, choices=Element.choices)
    product = models.ForeignKey(
        Product, models.PROTECT, related_name="+", verbose_name=_("product"), null=True, blank=True
    )
    verdict = models.CharField(_("verdict"), max_length=10, choices=Verdict.choices)
    page = models.PositiveIntegerField(_("page"))
    words = models.CharField(_("words found"), max_length=300, blank=True)
    on = models.DateField(_("date found"), null=True, blank=True)

    class Meta:
        verbose_name = _("finding")
        verbose_name_plural = _("findings")
        ordering = ["document_id", "page", "id"]

    def __str__(self) -> str:
        return f"{self.document_id}: {self.element}"


class TextBand(models.Model):
    """Part of a document's text signature: documents that share one are compared (docs/decisions/alike-texts.md)."""

    document = models.ForeignKey(Document, models.CASCADE, related_name="bands", verbose_name=_("document"))
    band = models.PositiveSmallIntegerField(_("band"))
    value = models.BigIntegerField(_("value"))

    class Meta:
        verbose_name = _("band of a text's signature")
        verbose_name_plural = _("bands of texts' signatures")
        constraints = [models.UniqueConstraint(fields=["document", "band"], name="one_value_per_band")]
        indexes = [models.Index(fields=["band", "value"], name="documents_by_band")]

    def __str__(self) -> str:
        return f"{self.document_id}: {self.band}"


class ProofCell(models.Model):
    """One cell of the proof matrix: where a claim's proof shows one thing of one product.

    By product and not by line, so that it outlives a change of the products step. A cell without a row is empty; one
    with a row and no document is empty too, and a partner or a decision has spoken about it.
    """

    claim = models.ForeignKey(Claim, models.CASCADE, related_name="cells", verbose_name=_("claim"))
    product = models.ForeignKey(Product, models.PROTECT, related_name="+", verbose_name=_("product"))
    column = models.CharField(_("column"), max_length=12, choices=Column.choices)
    document = models.ForeignKey(
        Document, models.SET_NULL, related_name="cells", verbose_name=_("document"), null=True, blank=True
    )
    page = models.PositiveIntegerField(_("page"), null=True, blank=True)
    words = models.CharField(_("words found"), max_length=300, blank=True)
    # Column "dated" alone: the day of the customer's acknowledgement.
    dated_on = models.DateField(_("acknowledged on"), null=True, blank=True)
    source = models.CharField(_("filled in by"), max_length=8, choices=Source.choices, default=Source.FOUND)
    changed_at = models.DateTimeField(_("changed"), default=timezone.now)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("changed by"), null=True, blank=True
    )
    # What the newest decision that spoke about this cell said.
    verdict = models.CharField(_("verdict"), max_length=8, choices=CellVerdict.choices, blank=True)
    verdict_at = models.DateTimeField(_("verdict given"), null=True, blank=True)

    class Meta:
        verbose_name = _("cell of the proof matrix")
        verbose_name_plural = _("cells of the proof matrix")
        ordering = ["claim_id", "product_id", "id"]
        constraints = [
            models.UniqueConstraint(fields=["claim", "product", "column"], name="one_cell_per_product_and_column")
        ]

    def __str__(self) -> str:
        return f"{self.claim_id}: {self.product_id} {self.column}"

    @property
    def is_empty(self) -> bool:
        """Whether no document is named for it."""
        return self.document_id is None
