"""The format of `import_partners` (design.md, "Contract"): what a file says, read and held to its own rules.

What clashes with people and firms that are stored already is `importing`'s business.
"""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from cpor_portal.accounts.models import EnrolmentState, PartnerRole, Programme, StaffRole
from cpor_portal.importing.reading import Row, read_document


@dataclass(frozen=True)
class EnrolmentWanted:
    """An enrolment as the file has it."""

    programme: Programme
    state: EnrolmentState
    ends_on: date | None


@dataclass(frozen=True)
class LocationWanted:
    """A location id with its enrolments."""

    path: str
    mpn_id: str
    name: str
    enrolments: list[EnrolmentWanted]


@dataclass(frozen=True)
class PersonWanted:
    """A person with the role that they have in a firm or for Microsoft."""

    path: str
    email: str
    name: str
    password: str
    role: PartnerRole | StaffRole


@dataclass(frozen=True)
class FirmWanted:
    """A firm with its locations and people. `time_zone` is empty where the file leaves it out."""

    path: str
    global_id: str
    name: str
    country: str
    time_zone: str
    locations: list[LocationWanted]
    people: list[PersonWanted]


@dataclass(frozen=True)
class PartnersWanted:
    """The whole file."""

    firms: list[FirmWanted]
    staff: list[PersonWanted]

    @property
    def people(self) -> list[PersonWanted]:
        """Everybody in the file, partners first."""
        return [*(person for firm in self.firms for person in firm.people), *self.staff]

    @property
    def locations(self) -> list[LocationWanted]:
        """Every location in the file."""
        return [location for firm in self.firms for location in firm.locations]


def read_partners(document: object) -> PartnersWanted:
    """What the document asks for. Raises ImportFaults with every fault."""
    return read_document(document, _whole)


def _whole(row: Row) -> PartnersWanted:
    """Either list may be left out, not both: an empty file is more likely the wrong one."""
    if not row.has("firms") and not row.has("staff"):
        row.fault("firms", _("is missing, and so is staff"))
    return PartnersWanted(
        firms=row.rows("firms", _firm) if row.has("firms") else [],
        staff=row.rows("staff", _staff_person) if row.has("staff") else [],
    )


def _firm(row: Row) -> FirmWanted:
    return FirmWanted(
        path=row.path,
        global_id=_mpn_id(row, "global_id"),
        name=row.text("name"),
        country=row.country("country"),
        time_zone=row.time_zone("time_zone"),
        locations=row.rows("locations", _location),
        people=row.rows("people", _partner_person),
    )


def _location(row: Row) -> LocationWanted:
    return LocationWanted(
        path=row.path,
        mpn_id=_mpn_id(row, "mpn_id"),
        name=row.text("name"),
        enrolments=row.rows("enrolments", lambda inner: _enrolment(inner, of=row.path)),
    )


def _enrolment(row: Row, *, of: str) -> EnrolmentWanted:
    wanted = EnrolmentWanted(
        programme=row.choice("programme", Programme),
        state=row.choice("state", EnrolmentState),
        ends_on=row.day("ends_on"),
    )
    row.once("programme", wanted.programme, kind=f"programme of {of}")
    return wanted


def _partner_person(row: Row) -> PersonWanted:
    return _person(row, row.choice("role", PartnerRole))


def _staff_person(row: Row) -> PersonWanted:
    return _person(row, row.choice("role", StaffRole))


def _person(row: Row, role: PartnerRole | StaffRole) -> PersonWanted:
    """A person belongs to one firm or to Microsoft, so an address stands once in the whole file."""
    wanted = PersonWanted(
        path=row.path,
        email=row.email("email"),
        name=row.text("name"),
        password=row.secret("password"),
        role=role,
    )
    row.once("email", wanted.email)
    return wanted


def _mpn_id(row: Row, name: str) -> str:
    """Global and location ids are drawn from one well: none stands twice (domain.md, "Identities")."""
    mpn_id = row.digits(name, 6, 8)
    row.once(name, mpn_id, kind="mpn_id")
    return mpn_id
