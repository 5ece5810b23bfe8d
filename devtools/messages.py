"""The Hungarian catalogue kept in step with the sources, with Babel instead of gettext's tools.

`python3 dev.py messages` runs this inside the virtual environment. Translations of texts that stand as they were are
kept, new texts come in empty, texts that nobody asks for any more go. Nothing is guessed: no fuzzy entries.
"""

import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

from devtools.borrowed import BORROWED
from devtools.environment import ROOT

CATALOGUE = ROOT / "locale" / "hu" / "LC_MESSAGES" / "django.po"
PACKAGES = ("cpor_portal", "claims", "arbitration")
TEMPLATES = ROOT / "templates"
KEYWORDS = {
    "_": None,
    "_now": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
PLURAL_FORMS = "nplurals=2; plural=(n != 1);"
# Written by hand: Babel's own header carries dates and its version, a difference on every run.
HEADER = f"""\
# The portal's Hungarian texts. The words to use: docs/hungarian.md. Kept complete by `python3 dev.py messages`.
msgid ""
msgstr ""
"Project-Id-Version: cpor-portal\\n"
"Language: hu\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {PLURAL_FORMS}\\n"

"""

Text = str | tuple[str, ...]
Found = tuple[str, Text, str | None]  # file, text (with its plural), context


def texts() -> Iterator[Found]:
    """Every text of the sources that people may see, file by file, in the order in which it stands there."""
    yield from ((package, text, None) for package, borrowed in BORROWED.items() for text in borrowed)
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if "migrations" not in path.parts:
                yield from _calls(path, path.read_text(encoding="utf-8"))
    for path in sorted([*TEMPLATES.rglob("*.html"), *TEMPLATES.rglob("*.txt")]):
        yield from _calls(path, _as_python(path))


def _as_python(path: Path) -> str:
    """A template as lines that Python's tokenizer reads: the texts as calls, all else as meaningless names."""
    lines = templatize(path.read_text(encoding="utf-8"), origin=str(path)).splitlines()
    return "\n".join(" ".join(line.strip().split("\N{NO-BREAK SPACE}")) for line in lines) + "\n"


def _calls(path: Path, source: str) -> Iterator[Found]:
    where = path.relative_to(ROOT).as_posix()
    for _line, text, _comments, context in extract("python", BytesIO(source.encode()), KEYWORDS):
        yield where, text, context


def from_sources() -> Catalog:
    """The texts of the sources, none of them translated yet."""
    catalogue = _empty()
    for where, text, context in texts():
        catalogue.add(text, locations=[(where, 0)], context=context)
    return catalogue


def read(path: Path = CATALOGUE) -> Catalog:
    """The catalogue as it stands; an empty one where there is none yet."""
    if not path.exists():
        return _empty()
    with path.open("rb") as file:
        return read_po(file, locale="hu", charset="utf-8")


def _empty() -> Catalog:
    catalogue = Catalog(locale="hu", charset="utf-8")
    catalogue.mime_headers = [("Plural-Forms", PLURAL_FORMS)]
    return catalogue


def messages_of(catalogue: Catalog) -> list[Message]:
    """The messages without the catalogue's header."""
    return [message for message in catalogue if message.id]


def carry_over(old: Catalog, new: Catalog) -> None:
    """Give each text of `new` the translation that exactly the same text (and plural) has in `old`."""
    for message in messages_of(new):
        before = old.get(message.id, context=message.context)
        if before is not None and before.id == message.id and not before.fuzzy:
            message.string = before.string


def write(catalogue: Catalog, path: Path = CATALOGUE) -> None:
    """Write the catalogue: file names without lines, so that only texts that changed make a difference."""
    body = BytesIO()
    write_po(body, catalogue, width=100, omit_header=True, include_lineno=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(HEADER.encode() + body.getvalue())


def is_translated(message: Message) -> bool:
    """Whether every form of the text has its translation."""
    return bool(message.string and all(message.string))


def main() -> int:
    """Bring the catalogue up to date and say what is left to translate; returns 1 where something is."""
    fresh = from_sources()
    carry_over(read(), fresh)
    write(fresh)
    everything = messages_of(fresh)
    missing = [message for message in everything if not is_translated(message)]
    for message in missing:
        print(f"to translate ({message.locations[0][0]}): {message.id!r}")
    print(f"{len(everything)} texts, {len(missing)} to translate.")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
