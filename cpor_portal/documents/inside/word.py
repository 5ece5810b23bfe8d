"""DOCX: whether it can be used, and its text."""

import re
import zipfile
import zlib
from typing import IO, Any, BinaryIO

from . import limits
from .faults import Broken, Fault
from .word_text import WordText

ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
"""What Office calls a document inside the container in which a password keeps it."""
_CONTAINER = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_TYPES = "[Content_Types].xml"
_BROKEN_ARCHIVE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError)
_MAIN = b"wordprocessingml.document.main+xml"
_MACRO_TYPES = re.compile(rb"macroEnabled|vbaProject|vbaData", re.IGNORECASE)
_MACRO_PARTS = re.compile(r"(^|/)vba(project|data)[^/]*$", re.IGNORECASE)
_OTHERS = {
    b"wordprocessingml.template": "template",
    b"spreadsheetml": "workbook",
    b"presentationml": "presentation",
}


def inspect(file: BinaryIO) -> tuple[dict[str, None], bytes]:
    """Whether the file is a Word document that can be used. Raises Broken, OTHER_TYPE where it is another archive."""
    if file.read(8) == _CONTAINER:
        raise _fault_of_container(file)
    with _archive(file) as archive:
        left = _check_size(archive, limits.UNPACKED_BYTES, 1)
        _check_kind(archive)
        _check_inner(archive, left, 1)
        WordText(archive)
    return {"page_count": None}, b""


def extract(file: BinaryIO) -> tuple[dict[str, Any], bytes]:
    """The document's text, page for page as its last writer noted them, and whether it is digitally signed."""
    with _archive(file) as archive:
        _check_size(archive, limits.UNPACKED_BYTES, 1)
        pages = WordText(archive).pages
        is_signed = any(name.startswith("_xmlsignatures/sig") for name in archive.namelist())
    return {"pages": pages, "has_signature_field": is_signed}, b""


def _archive(file: IO[bytes]) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(file)
    except _BROKEN_ARCHIVE as fault:
        raise Broken(Fault.BROKEN, "archive") from fault


def _fault_of_container(file: BinaryIO) -> Broken:
    """A container of Office's: what a password protects, or a document in the form of before 2007."""
    file.seek(0)
    return Broken(Fault.ENCRYPTED) if ENCRYPTED in file.read() else Broken(Fault.OTHER_TYPE, "old_office")


def _check_size(archive: zipfile.ZipFile, most: int, depth: int) -> int:
    """How much may still be unpacked after this archive. Raises Broken (bomb). Nothing is unpacked here."""
    members = archive.infolist()
    packed = sum(member.compress_size for member in members)
    unpacked = sum(member.file_size for member in members)
    is_tight = unpacked > limits.RATIO_COUNTS_FROM and unpacked > packed * limits.RATIO
    if unpacked > most or is_tight or len(members) > limits.PARTS or depth > limits.ARCHIVE_DEPTH:
        raise Broken(Fault.BOMB, f"{len(members)} parts, {unpacked} bytes")
    if any(member.flag_bits & 1 for member in members):
        raise Broken(Fault.ENCRYPTED, "archive")
    return most - unpacked


def _check_kind(archive: zipfile.ZipFile) -> None:
    """Raises Broken where there are macros, or the archive is no Word document."""
    names = archive.namelist()
    if _TYPES not in names:
        raise Broken(Fault.OTHER_TYPE, _kind_without_types(archive, names))
    types = _read(archive, _TYPES)
    _check_macros(names, types)
    if _MAIN not in types:
        kinds = [kind for sign, kind in _OTHERS.items() if sign in types]
        raise Broken(Fault.OTHER_TYPE, kinds[0] if kinds else "archive")


def _kind_without_types(archive: zipfile.ZipFile, names: list[str]) -> str:
    is_open_document = "mimetype" in names and b"opendocument" in _read(archive, "mimetype")[:200]
    return "open_document" if is_open_document else "archive"


def _check_macros(names: list[str], types: bytes) -> None:
    if _MACRO_TYPES.search(types) or any(_MACRO_PARTS.search(name) for name in names):
        raise Broken(Fault.MACROS)


def _check_inner(archive: zipfile.ZipFile, left: int, depth: int) -> None:
    """The same for archives in the archive: their sizes count, and macros in them are macros."""
    for member in archive.infolist():
        if member.file_size > 22 and _begins_like_an_archive(archive, member):
            left = _check_one_inner(archive, member, left, depth + 1)


def _begins_like_an_archive(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bool:
    try:
        with archive.open(member) as part:
            return part.read(4) == b"PK\x03\x04"
    except _BROKEN_ARCHIVE as fault:
        raise Broken(Fault.BROKEN, "part") from fault


def _check_one_inner(archive: zipfile.ZipFile, member: zipfile.ZipInfo, left: int, depth: int) -> int:
    try:
        with archive.open(member) as part, zipfile.ZipFile(part) as inner:
            left = _check_size(inner, left, depth)
            types = _read(inner, _TYPES) if _TYPES in inner.namelist() else b""
            _check_macros(inner.namelist(), types)
            _check_inner(inner, left, depth)
    except _BROKEN_ARCHIVE:
        return left  # it looks like an archive and is none: nobody can unpack it
    return left


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    """A small part, whole."""
    try:
        with archive.open(name) as part:
            return part.read(limits.MIB)
    except (*_BROKEN_ARCHIVE, KeyError) as fault:
        raise Broken(Fault.BROKEN, name) from fault
