"""The proof step: what a file is, by its content (domain.md, "Proof of execution")."""

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import PurePosixPath

from django.conf import settings
from django.core.files.base import File
from django.template.defaultfilters import filesizeformat
from django.utils import timezone

from claims.checks.faults import raise_all
from claims.checks.kinds import HEAD, other_kind_of, type_of
from claims.models import Claim
from claims.models.proof import DocumentType
from claims.refusals import refused
from claims.words import Status
from cpor_portal import documents
from cpor_portal.documents import Fault, Unusable
from cpor_portal.faults import Refused

A_YEAR = timedelta(days=365)
NAME_LENGTH = 200

ENDINGS: dict[DocumentType, tuple[str, ...]] = {
    DocumentType.PDF: (".pdf",),
    DocumentType.DOCX: (".docx",),
    DocumentType.PNG: (".png",),
    DocumentType.JPEG: (".jpg", ".jpeg"),
}
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
_SENT_FOR_SIGNS = re.compile(r"%0D|%0A|%22", re.IGNORECASE)
"""How browsers send line breaks and quotation marks in the name of a file (HTML, "Multipart form data")."""
_RESERVED_SIGNS = str.maketrans(dict.fromkeys('<>:"|?*', "_"))
_RESERVED_NAMES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)
"""What Windows keeps for itself: whoever downloads the document must be able to save it."""


@dataclass(frozen=True)
class Upload:
    """A file that can be proof: a safe name, its type by content, its size in bytes, its SHA-256 in hexadecimal.

    `page_count` is None where only whoever shows the document knows it (DOCX).
    """

    name: str
    content_type: DocumentType
    size: int
    sha256: str
    page_count: int | None = None


def read_uploads(files: Sequence[File[bytes]]) -> list[Upload]:
    """What the uploaded files are. Raises Refused or ManyRefused, one for each file that cannot be proof."""
    uploads, faults = [], []
    for file in files:
        try:
            uploads.append(read_upload(file))
        except Refused as fault:
            faults.append(fault)
    raise_all(faults)
    return uploads


def read_upload(file: File[bytes]) -> Upload:
    """What the uploaded file is. Reads it in chunks, lets a child process look into it, and leaves it at its start.

    Raises Refused: document_empty, document_too_large, document_type, document_encrypted, document_broken,
    document_macros, document_bomb, document_too_many_pages, document_picture_too_large, document_given_up. The name's
    ending never decides; one that does not fit the content gets the right one added.
    """
    name = clean_name(file.name or "")
    size, sha256 = _measure(file, name)
    content_type = _type_of(file, name)
    try:
        page_count = documents.inspect(file, content_type, sha256=sha256).page_count
    except Unusable as fault:
        raise _refusal_of(fault, name) from fault
    file.seek(0)
    return Upload(_with_ending(name, content_type), content_type, size, sha256, page_count)


def check_room(claim: Claim, uploads: Sequence[Upload]) -> None:
    """Whether the claim can take these documents as well.

    Raises Refused or ManyRefused: too_many_documents, document_duplicate (against the claim's documents and
    among the uploads themselves).
    """
    stored = dict(claim.documents.values_list("sha256", "name"))
    faults: list[Refused] = []
    try:
        check_count(claim, len(uploads))
    except Refused as fault:
        faults.append(fault)
    seen = dict(stored)
    for upload in uploads:
        if upload.sha256 in seen:
            variant = "" if upload.sha256 in stored else "together"
            named = {"name": upload.name, "existing_name": seen[upload.sha256]}
            faults.append(refused("document_duplicate", field="documents", variant=variant, **named))
        seen.setdefault(upload.sha256, upload.name)
    raise_all(faults)


def check_count(claim: Claim, number: int) -> None:
    """Whether so many more documents can be added. Raises Refused too_many_documents.

    Asked before any of them is looked into: a form with a hundred files keeps nobody busy.
    """
    room, limit = room_for(claim), settings.DOCUMENTS_PER_CLAIM
    if number > room:
        raise refused("too_many_documents", field="documents", limit=limit, total=limit - room + number)


def room_for(claim: Claim) -> int:
    """How many documents can be added now: so many each time the claim is handed in, and in each year after approval.

    What a reviewer has had in hand stays, and must not keep an answer or newer proof out
    (docs/decisions/documents-per-claim.md). Quarantined ones take no room.
    """
    since = claim.resubmitted_at or claim.submitted_at
    documents = claim.documents.counted()
    if since is not None:
        if claim.status == Status.APPROVED:
            since = max(since, timezone.now() - A_YEAR)
        documents = documents.filter(uploaded_at__gt=since)
    limit: int = settings.DOCUMENTS_PER_CLAIM
    return max(0, limit - documents.count())


def check_proof(claim: Claim) -> None:
    """Whether the claim has proof at all; what is in quarantine counts as none.

    Raises Refused: proof_required, proof_quarantined.
    """
    if not claim.documents.counted().exists():
        code = "proof_quarantined" if claim.documents.exists() else "proof_required"
        raise refused(code, field="documents")


def clean_name(name: str) -> str:
    """The file's own name: no folders, no control or direction-changing characters, 200 characters at most.

    The ending survives the cut. What Windows keeps for itself is replaced. An unusable name becomes "document".
    """
    bare = re.sub(r"[\r\n]+", " ", name).replace("\\", "/").rpartition("/")[2].translate(_RESERVED_SIGNS)
    visible = "".join(char for char in bare if unicodedata.category(char) not in _INVISIBLE)
    tidy = " ".join(unicodedata.normalize("NFC", _SENT_FOR_SIGNS.sub(" ", visible)).split()).strip(". ")
    if not tidy:
        return "document"
    if _RESERVED_NAMES.match(tidy):
        tidy = f"_{tidy}"
    if len(tidy) <= NAME_LENGTH:
        return tidy
    ending = PurePosixPath(tidy).suffix[:20]
    return tidy[: NAME_LENGTH - len(ending)].rstrip(". ") + ending


def _with_ending(name: str, content_type: DocumentType) -> str:
    endings = ENDINGS[content_type]
    return name if name.lower().endswith(endings) else clean_name(name + endings[0])


def _measure(file: File[bytes], name: str) -> tuple[int, str]:
    """Size and hash, counted from what is really there. Raises Refused when it is nothing or too much."""
    size, digest = 0, hashlib.sha256()
    limit = settings.DOCUMENT_MAX_BYTES
    file.seek(0)
    for chunk in file.chunks():
        size += len(chunk)
        digest.update(chunk)
        if size > limit:
            shown = {"size": filesizeformat(max(size, file.size)), "limit": filesizeformat(limit)}
            raise refused("document_too_large", field="documents", name=name, **shown)
    if not size:
        raise refused("document_empty", field="documents", name=name)
    return size, digest.hexdigest()


def _type_of(file: File[bytes], name: str) -> DocumentType:
    """Raises Refused document_type where the file begins like nothing that can be proof."""
    file.seek(0)
    head = file.read(HEAD)
    content_type = type_of(head)
    if content_type is None:
        raise refused("document_type", field="documents", name=name, variant=other_kind_of(head))
    return content_type


def _refusal_of(fault: Unusable, name: str) -> Refused:
    """The refusal in words for what was found in the file."""
    match fault.code:
        case Fault.OTHER_TYPE:
            return refused("document_type", field="documents", name=name, variant=fault.detail)
        case Fault.TOO_MANY_PAGES:
            total, limit = int(fault.detail), documents.MAX_PAGES
            return refused("document_too_many_pages", field="documents", name=name, total=total, limit=limit)
        case Fault.PICTURE_TOO_LARGE:
            return refused("document_picture_too_large", field="documents", name=name, size=fault.detail)
        case _:
            return refused(f"document_{fault.code}", field="documents", name=name)
