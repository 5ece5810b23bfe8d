"""The parts of a DOCX that hold text, found through its relationships."""

import posixpath
import zipfile
import zlib
from collections.abc import Callable
from xml.parsers import expat

from . import limits
from .faults import Broken, Fault

Start = Callable[[str, dict[str, str]], None]
_CHUNK = 64 * 1024


def parse(archive: zipfile.ZipFile, name: str, start: Start, **handlers: Callable[..., None]) -> None:
    """Walk through one XML part without ever holding it whole.

    `start` gets each element's name without its namespace. Raises Broken: a bomb when the part is far too large or
    declares entities, broken when it is no XML or declares a document type at all, which Word never does.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = lambda tag, attributes: start(local(tag), attributes)
    parser.EntityDeclHandler = _refuse_entity
    parser.EndDoctypeDeclHandler = _refuse_doctype
    if "end" in handlers:
        parser.EndElementHandler = lambda tag: handlers["end"](local(tag))
    if "text" in handlers:
        parser.CharacterDataHandler = handlers["text"]
    _feed(parser, archive, name)


def local(tag: str) -> str:
    """The name without its namespace: Word's two dialects differ in nothing else."""
    return tag.rpartition(" ")[2]


def attribute(attributes: dict[str, str], name: str) -> str:
    """An attribute by its name without namespace."""
    return next((value for key, value in attributes.items() if local(key) == name), "")


def main_part(archive: zipfile.ZipFile) -> str:
    """The part with the document's body. Raises Broken where there is none."""
    for kind, target in _relationships(archive, "").values():
        if kind == "officeDocument" and target in archive.namelist():
            return target
    raise Broken(Fault.BROKEN, "no main part")


def parts_beside(archive: zipfile.ZipFile, main: str, kind: str) -> list[str]:
    """The parts of one kind ("header", "footer", "footnotes") that belong to the document."""
    names = set(archive.namelist())
    found = (target for its, target in _relationships(archive, main).values() if its == kind and target in names)
    return sorted(set(found))


def _relationships(archive: zipfile.ZipFile, part: str) -> dict[str, tuple[str, str]]:
    """Kind and target of each relationship inside the archive. What lies outside is nobody's business here."""
    folder, name = posixpath.split(part)
    sheet = posixpath.join(folder, "_rels", f"{name}.rels")
    found: dict[str, tuple[str, str]] = {}

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag == "Relationship" and attributes.get("TargetMode") != "External":
            target = posixpath.normpath(posixpath.join("/" + folder, attributes.get("Target", "")))
            kind = attributes.get("Type", "").rpartition("/")[2]
            found[attributes.get("Id", "")] = kind, target.lstrip("/")

    if sheet in archive.namelist():
        parse(archive, sheet, start)
    return found


def _refuse_entity(_name: str, _is_parameter: bool, value: str | None, *_outside: str | None) -> None:
    """One with a value is there to be multiplied; one from outside is fetched by nobody."""
    raise Broken(Fault.BROKEN if value is None else Fault.BOMB, "entity")


def _refuse_doctype() -> None:
    raise Broken(Fault.BROKEN, "document type")


def _feed(parser: expat.XMLParserType, archive: zipfile.ZipFile, name: str) -> None:
    left = limits.PART_BYTES
    try:
        with archive.open(name) as part:
            while chunk := part.read(_CHUNK):
                left -= len(chunk)
                if left < 0:
                    raise Broken(Fault.BOMB, name)
                parser.Parse(chunk, False)
            parser.Parse(b"", True)
    except (expat.ExpatError, zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as fault:
        raise Broken(Fault.BROKEN, name) from fault
