"""Reads an import file row by row and notes every fault with its row and field, so that one run shows them all.

A reader that meets a fault notes it, answers something harmless, and goes on; `read_document` raises at the end.
"""

import re
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TypeVar
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cpor_portal.faults import Text
from cpor_portal.importing.places import countries, time_zones

T = TypeVar("T")
Chosen = TypeVar("Chosen", bound=TextChoices)

# Looked up in the catalogue when a fault is told, not for each of the many fields that have none.
A_TEXT = gettext_lazy("a text is expected here")
DIGITS = gettext_lazy("a text of digits is expected here")
TRUE_OR_FALSE = gettext_lazy("true or false is expected here")
A_GUID = gettext_lazy("a GUID is expected here")
A_DAY = gettext_lazy("a day such as 2027-06-30 is expected here")
AN_INSTANT = gettext_lazy("an instant such as 2027-06-30T00:00:00Z is expected here")
A_LIST = gettext_lazy("a list is expected here")

CONTROL_CHARACTER = re.compile(r"[\x00-\x1f\x7f-\x9f]")
HALF_A_CHARACTER = re.compile(r"[\ud800-\udfff]")
"""JSON can escape one half of a surrogate pair; no database stores that."""

NO_ID = UUID(int=0)
"""What a row answers where an id could not be read; the all-zero GUID is no id (domain.md, "Identities")."""


@dataclass(frozen=True)
class ImportFault:
    """One fault: `path` is the row and field as the file has them, such as `firms[2].people[0].role`."""

    path: str
    text: Text

    def __str__(self) -> str:
        return f"{self.path}: {self.text}"


class ImportFaults(Exception):
    """The document can not be imported as it stands. Nothing of it has been."""

    def __init__(self, faults: Sequence[ImportFault]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = tuple(faults)


@dataclass
class Faults:
    """Collects faults while reading goes on."""

    found: list[ImportFault] = field(default_factory=list)
    _first: dict[tuple[str, Hashable], str] = field(default_factory=dict)

    def add(self, path: str, text: Text) -> None:
        """Notes a fault at `path`."""
        self.found.append(ImportFault(path, text))

    def once(self, kind: str, value: Hashable, path: str) -> None:
        """Notes a fault where `value` stands a second time among the values of this `kind`."""
        first = self._first.setdefault((kind, value), path)
        if first != path:
            self.add(path, _("%(value)s stands already in %(path)s") % {"value": shown(value), "path": first})

    def raise_any(self) -> None:
        """Raises ImportFaults where at least one fault was found."""
        if self.found:
            raise ImportFaults(self.found)


def read_document(document: object, read: Callable[["Row"], T]) -> T:
    """What `read` makes of the whole document. Raises ImportFaults with every fault that was found."""
    faults = Faults()
    result = Row(document, "", faults).read_with(read)
    faults.raise_any()
    return result


def shown(value: object) -> str:
    """The value as a fault quotes it: one line, not too long."""
    text = f'"{value}"' if isinstance(value, str) else str(value)
    return text if len(text) <= 80 else f"{text[:77]}…"


class Row:
    """One object of the document. Each method reads one field; a field that nobody read is a fault."""

    def __init__(self, value: object, path: str, faults: Faults) -> None:
        self.path = path
        self.faults = faults
        self._is_object = isinstance(value, dict)
        self._values: dict[str, object] = value if isinstance(value, dict) else {}
        self._known: set[str] = set()
        self._faulty: set[str] = set()
        if not self._is_object:
            faults.add(path or _("the file"), _("an object with named fields is expected here"))

    def read_with(self, read: Callable[["Row"], T]) -> T:
        """What `read` makes of this row; whatever field it did not ask for is unknown, and so a fault."""
        result = read(self)
        for name in [name for name in self._values if name not in self._known]:
            self.fault(name, _("there is no such field in the format"))
        return result

    def at(self, name: str) -> str:
        """The path of a field of this row."""
        return f"{self.path}.{name}" if self.path else name

    def fault(self, name: str, text: Text) -> None:
        """Notes a fault of one field."""
        self._faulty.add(name)
        self.faults.add(self.at(name), text)

    def is_sound(self, *names: str) -> bool:
        """Whether no fault was noted at these fields."""
        return self._faulty.isdisjoint(names)

    def once(self, name: str, value: Hashable, *, kind: str = "") -> None:
        """Notes a fault where another field of this kind (the same name, if none is given) has this value too.

        A field that is faulty in itself is not compared.
        """
        if self.is_sound(name):
            self.faults.once(kind or name, value, self.at(name))

    def ignore(self, *names: str) -> None:
        """Fields that the format allows and the portal does not keep."""
        self._known.update(names)

    def has(self, name: str) -> bool:
        """Whether the field is there and not null."""
        self._known.add(name)
        return self._values.get(name) is not None

    def text(self, name: str, *, longest: int = 200) -> str:
        """A text without control characters, blanks around it dropped; at most `longest` characters."""
        value = self.secret(name).strip()
        if CONTROL_CHARACTER.search(value):
            self.fault(name, _("contains characters that can not be shown"))
        if len(value) > longest:
            self.fault(name, _("is longer than %(longest)d characters") % {"longest": longest})
        return value

    def secret(self, name: str) -> str:
        """A text taken to the letter, and never repeated in a fault."""
        value = self._take(name, str, A_TEXT)
        if value is None:
            return ""
        if not value.strip():
            self.fault(name, _("is empty"))
        if HALF_A_CHARACTER.search(value):
            self.fault(name, _("contains half a character"))
            return ""
        return value

    def digits(self, name: str, least: int, most: int) -> str:
        """A number that is a name, so many digits long, not all zero; as a text or as a number."""
        value = self._take(name, (str, int), DIGITS)
        digits = "" if value is None or isinstance(value, bool) else str(value).strip()
        if re.fullmatch(rf"[0-9]{{{least},{most}}}", digits) and int(digits):
            return digits
        if value is not None:
            facts = {"value": shown(value), "least": least, "most": most}
            self.fault(name, _("%(value)s is not a number of %(least)d to %(most)d digits") % facts)
        return ""

    def flag(self, name: str) -> bool:
        """True or false."""
        return bool(self._take(name, bool, TRUE_OR_FALSE))

    def choice(self, name: str, choices: type[Chosen]) -> Chosen:
        """One of the choices, by its code."""
        value = self._take(name, str, A_TEXT)
        if value in choices.values:
            return choices(value)
        if value is not None:
            facts = {"value": shown(value), "choices": ", ".join(choices.values)}
            self.fault(name, _("%(value)s is not one of %(choices)s") % facts)
        return next(iter(choices))

    def guid(self, name: str) -> UUID:
        """A GUID in any of its usual spellings; never the all-zero one."""
        guid = self._guid(self.at(name), self._take(name, str, A_GUID))
        if guid == NO_ID:
            self._faulty.add(name)
        return guid

    def guids(self, name: str) -> list[UUID]:
        """A list of GUIDs."""
        return [self._guid(path, value) for path, value in self.texts(name)]

    def day(self, name: str) -> date | None:
        """A calendar day, `2027-06-30`; None where the field is absent or null."""
        if not self.has(name):
            return None
        value = self._take(name, str, A_DAY)
        try:
            return date.fromisoformat(value) if value is not None else None
        except ValueError:
            self.fault(name, _("%(value)s is not a day such as 2027-06-30") % {"value": shown(value)})
            return None

    def moment(self, name: str) -> datetime | None:
        """An instant with its offset from UTC, `2027-06-30T00:00:00Z`; None where it is absent or null."""
        if not self.has(name):
            return None
        value = self._take(name, str, AN_INSTANT)
        moment = _instant(value) if value is not None else None
        if value is not None and moment is None:
            self.fault(
                name,
                _("%(value)s is not an instant with a time zone, such as 2027-06-30T00:00:00Z")
                % {"value": shown(value)},
            )
        return moment

    def email(self, name: str) -> str:
        """An e-mail address, in lower case."""
        value = self.text(name, longest=254).lower()
        try:
            validate_email(value or "nobody@example.com")  # an empty one has been noted already
        except ValidationError:
            self.fault(name, _("%(value)s is not an e-mail address") % {"value": shown(value)})
        return value

    def country(self, name: str) -> str:
        """An ISO 3166-1 alpha-2 code, in capitals."""
        value = self.text(name).upper()
        if value and value not in countries():
            self.fault(name, _("%(value)s is not a country code (ISO 3166-1, two letters)") % {"value": shown(value)})
        return value

    def time_zone(self, name: str) -> str:
        """An IANA time zone; empty where the field is absent or null."""
        value = self.text(name) if self.has(name) else ""
        if value and value not in time_zones():
            self.fault(name, _("%(value)s is not a time zone such as Europe/Budapest") % {"value": shown(value)})
        return value

    def texts(self, name: str, *, longest: int = 120) -> list[tuple[str, str]]:
        """A list of texts, each with its own path."""
        found = []
        for path, value in self._items(name):
            if isinstance(value, str) and 0 < len(value.strip()) <= longest and value.isprintable():
                found.append((path, value.strip()))
            else:
                self.faults.add(
                    path, _("a text of at most %(longest)d characters is expected here") % {"longest": longest}
                )
        return found

    def rows(self, name: str, read: Callable[["Row"], T]) -> list[T]:
        """A list of objects, each read with `read`."""
        return [Row(value, path, self.faults).read_with(read) for path, value in self._items(name)]

    def _items(self, name: str) -> list[tuple[str, object]]:
        values = self._take(name, list, A_LIST) or []
        return [(f"{self.at(name)}[{number}]", value) for number, value in enumerate(values)]

    def _take(self, name: str, kind: type[T] | tuple[type[T], ...], expected: Text) -> T | None:
        """The field's value where it is of this kind; else None, with the fault noted."""
        self._known.add(name)
        value = self._values.get(name)
        if isinstance(value, kind):
            return value
        if self._is_object:
            self.fault(name, expected if name in self._values else _("is missing"))
        return None

    def _guid(self, path: str, value: str | None) -> UUID:
        try:
            guid = UUID(value) if value is not None else NO_ID
        except ValueError:
            guid = NO_ID
        if value is not None and guid == NO_ID:
            self.faults.add(path, _("%(value)s is not a GUID that can name something") % {"value": shown(value)})
        return guid


def _instant(value: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value)
        return moment.astimezone(UTC) if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None
