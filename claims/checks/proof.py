"""The proof step: what a file is, by its content (domain.md, "Proof of execution")."""

import hashlib
import unicodedata
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

import filetype
from django.conf import settings
from django.core.files.base import File
from django.template.defaultfilters import filesizeformat

from claims.checks.faults import raise_all
from claims.models import Claim
from claims.models.proof import DocumentType
from claims.refusals import refused
from cpor_portal.faults import Refused

NAME_LENGTH = 200
HEAD = 8192
"""Bytes from the start that tell PDF and pictures."""

ENDINGS: dict[DocumentType, tuple[str, ...]] = {
    DocumentType.PDF: (".pdf",),
    DocumentType.DOCX: (".docx",),
    DocumentType.PNG: (".png",),
    DocumentType.JPEG: (".jpg", ".jpeg"),
}
_DOCX_PARTS = {"[Content_Types].xml", "word/document.xml"}
_MACROS = "word/vbaproject.bin"
_INVISIBLE = {"Cc", "Cf", "Cs", "Zl", "Zp"}


@dataclass(frozen=True)
class Upload:
    """A file that can be proof: a safe name, its type by content, its size in bytes, its SHA-256 in hexadecimal."""

    name: str
    content_type: DocumentType
    size: int
    sha256: str


def read_upload(file: File[bytes]) -> Upload:
    """What the uploaded file is. Reads it in chunks and leaves it at its start.

    Raises Refused: document_empty, document_too_large, document_type. The name's ending never decides; one
    that does not fit the content gets the right one added.
    """
    name = clean_name(file.name or "")
    size, sha256 = _measure(file, name)
    content_type = _type_of(file)
    file.seek(0)
    if content_type is None:
        raise refused("document_type", field="documents", name=name)
    return Upload(_with_ending(name, content_type), content_type, size, sha256)


def check_room(claim: Claim, uploads: Sequence[Upload]) -> None:
    """Whether the claim can take these documents as well.

    Raises Refused or ManyRefused: too_many_documents, document_duplicate (against the claim's documents and
    among the uploads themselves).
    """
    stored = dict(claim.documents.values_list("sha256", "name"))
    faults: list[Refused] = []
    total, limit = len(stored) + len(uploads), settings.DOCUMENTS_PER_CLAIM
    if total > limit:
        faults.append(refused("too_many_documents", field="documents", limit=limit, total=total))
    seen = dict(stored)
    for upload in uploads:
        if upload.sha256 in seen:
            named = {"name": upload.name, "existing_name": seen[upload.sha256]}
            faults.append(refused("document_duplicate", field="documents", **named))
        seen.setdefault(upload.sha256, upload.name)
    raise_all(faults)


def check_proof(claim: Claim) -> None:
    """Whether the claim has proof at all; what is in quarantine counts as none.

    Raises Refused: proof_required, proof_quarantined.
    """
    if not claim.documents.counted().exists():
        code = "proof_quarantined" if claim.documents.exists() else "proof_required"
        raise refused(code, field="documents")


def clean_name(name: str) -> str:
    """The file's own name: no folders, no control or direction-changing characters, 200 characters at most.

    The ending survives the cut. An unusable name becomes "document".
    """
    bare = name.replace("\\", "/").rpartition("/")[2]
    visible = "".join(char for char in bare if unicodedata.category(char) not in _INVISIBLE)
    tidy = " ".join(unicodedata.normalize("NFC", visible).split()).strip(". ")
    if not tidy:
        return "document"
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


def _type_of(file: File[bytes]) -> DocumentType | None:
    file.seek(0)
    head = file.read(HEAD)
    if head.startswith(b"PK"):
        return DocumentType.DOCX if _is_docx(file) else None
    guessed = filetype.guess_mime(head)
    return DocumentType(guessed) if guessed in DocumentType.values else None


def _is_docx(file: File[bytes]) -> bool:
    """A zip with a Word document in it and no macros. Only the list of parts is read, nothing is unpacked."""
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            parts = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False
    return parts >= _DOCX_PARTS and _MACROS not in {part.lower() for part in parts}
