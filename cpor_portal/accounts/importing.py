"""`import_partners`: firms, MPN locations, enrolments and people from a file (design.md, "Contract")."""

from collections.abc import Hashable, Mapping

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.utils.translation import gettext as _

from cpor_portal.accounts.import_format import FirmWanted, PartnersWanted, PersonWanted, read_partners
from cpor_portal.accounts.models import Enrolment, Membership, MpnLocation, PartnerFirm, StaffRole, User
from cpor_portal.importing.places import usual_time_zone
from cpor_portal.importing.reading import Faults
from cpor_portal.importing.writing import ImportReport, Tally, bring, stored

Hashes = Mapping[str, str]
"""Hashed passwords by e-mail address."""


def import_partners(document: object) -> ImportReport:
    """Brings firms, locations, enrolments and people into line with the document: all of it or nothing.

    Adds and updates, removes nothing; a second run changes nothing. Imported people can sign in at once. What the
    file does not say stays: own labels, languages, who may sign in. Raises ImportFaults with every fault found.
    """
    wanted = read_partners(document)
    # Hashing is slow by design: done before the transaction, so that nobody waits for its locks meanwhile.
    hashes = _hashed_passwords(wanted.people)
    with transaction.atomic():
        _refuse_clashes(wanted)
        report = ImportReport()
        report.tallies[_("Partner firms")] = _bring_firms(wanted)
        report.tallies[_("MPN locations")] = _bring_locations(wanted)
        report.tallies[_("Enrolments")] = _bring_enrolments(wanted)
        report.tallies[_("People")] = _bring_people(wanted, hashes)
        report.tallies[_("Memberships")] = _bring_memberships(wanted)
        report.tallies[_("Sign-in addresses")] = _bring_addresses(wanted)
    return report


def _hashed_passwords(people: list[PersonWanted]) -> Hashes:
    """The stored hash where the password still fits it, else a new one: at most one hashing for each person."""
    known = {person.email: person.password for person in _stored_people(people).values()}
    return {person.email: _kept_or_new(person.password, known.get(person.email)) for person in people}


def _kept_or_new(password: str, encoded: str | None) -> str:
    if encoded is not None and check_password(password, encoded):
        return encoded
    return make_password(password)


# --- What clashes with what is stored ----------------------------------------------------------------------


def _refuse_clashes(wanted: PartnersWanted) -> None:
    faults = Faults()
    _note_clashing_ids(wanted, faults)
    _note_clashing_people(wanted, faults)
    faults.raise_any()


def _note_clashing_ids(wanted: PartnersWanted, faults: Faults) -> None:
    """A location stays with its firm, and no id is both global and a location's."""
    global_ids = [firm.global_id for firm in wanted.firms]
    locations = {row.mpn_id: row for row in stored(MpnLocation.objects.all(), "mpn_id", global_ids)}
    for firm in wanted.firms:
        if firm.global_id in locations:
            faults.add(f"{firm.path}.global_id", _("this is the id of a location in the portal"))
    mpn_ids = [location.mpn_id for location in wanted.locations]
    firms = {row.global_id for row in stored(PartnerFirm.objects.all(), "global_id", mpn_ids)}
    owners = {
        row.mpn_id: row.firm.global_id for row in stored(MpnLocation.objects.select_related("firm"), "mpn_id", mpn_ids)
    }
    for firm in wanted.firms:
        for location in firm.locations:
            if location.mpn_id in firms:
                faults.add(f"{location.path}.mpn_id", _("this is the global id of a firm in the portal"))
            if owners.get(location.mpn_id, firm.global_id) != firm.global_id:
                faults.add(f"{location.path}.mpn_id", _("this location belongs to another firm in the portal"))


def _note_clashing_people(wanted: PartnersWanted, faults: Faults) -> None:
    """A person belongs to one firm or to Microsoft, and an address to one person."""
    people = _stored_people(wanted.people)
    addresses = {
        address.email: address.user_id
        for address in stored(
            EmailAddress.objects.filter(verified=True), "email", [person.email for person in wanted.people]
        )
    }
    firms = {person.email: firm.global_id for firm in wanted.firms for person in firm.people}
    for person in wanted.people:
        known = people.get(person.email)
        owner = addresses.get(person.email)
        if owner is not None and (known is None or owner != known.pk):
            faults.add(f"{person.path}.email", _("this is an address of somebody else in the portal"))
        if known is not None:
            _note_other_place(person, known, firms.get(person.email), faults)


def _note_other_place(person: PersonWanted, known: User, global_id: str | None, faults: Faults) -> None:
    path = f"{person.path}.email"
    membership = getattr(known, "membership", None)
    if global_id is not None and known.staff_role:
        faults.add(path, _("this person works for Microsoft in the portal"))
    if global_id is None and membership:
        faults.add(path, _("this person belongs to a partner firm in the portal"))
    if global_id is not None and membership and membership.firm.global_id != global_id:
        faults.add(path, _("this person belongs to another firm in the portal"))


# --- What is written ---------------------------------------------------------------------------------------


def _bring_firms(wanted: PartnersWanted) -> Tally:
    existing = _stored_firms(wanted)
    rows = [
        PartnerFirm(
            global_id=firm.global_id,
            name=firm.name,
            country=firm.country,
            time_zone=_time_zone_of(firm, existing.get(firm.global_id)),
        )
        for firm in wanted.firms
    ]
    return bring(PartnerFirm, rows, existing, key=lambda row: row.global_id, fields=["name", "country", "time_zone"])


def _time_zone_of(firm: FirmWanted, known: PartnerFirm | None) -> str:
    return firm.time_zone or (known.time_zone if known else usual_time_zone(firm.country))


def _bring_locations(wanted: PartnersWanted) -> Tally:
    firms = _stored_firms(wanted)
    rows = [
        MpnLocation(mpn_id=location.mpn_id, name=location.name, firm=firms[firm.global_id])
        for firm in wanted.firms
        for location in firm.locations
    ]
    return bring(MpnLocation, rows, _stored_locations(wanted), key=lambda row: row.mpn_id, fields=["name"])


def _bring_enrolments(wanted: PartnersWanted) -> Tally:
    locations = _stored_locations(wanted)
    rows = [
        Enrolment(
            location=locations[location.mpn_id],
            programme=enrolment.programme,
            state=enrolment.state,
            ends_on=enrolment.ends_on,
        )
        for location in wanted.locations
        for enrolment in location.enrolments
    ]
    existing: dict[Hashable, Enrolment] = {
        (row.location_id, row.programme): row
        for row in stored(Enrolment.objects.all(), "location", [row.pk for row in locations.values()])
    }
    return bring(
        Enrolment,
        rows,
        existing,
        key=lambda row: (row.location_id, row.programme),
        fields=["state", "ends_on"],
    )


def _bring_people(wanted: PartnersWanted, hashes: Hashes) -> Tally:
    """New people get the time zone of their firm or of the review site; afterwards it is their own choice."""
    rows = [
        _user(person, hashes, time_zone=row.time_zone)
        for firm, row in _firms_with_rows(wanted)
        for person in firm.people
    ]
    rows += [_user(person, hashes, time_zone=settings.REVIEW_TIME_ZONE) for person in wanted.staff]
    existing = _stored_people(wanted.people)
    return bring(User, rows, existing, key=lambda row: row.email, fields=["name", "password", "staff_role"])


def _user(person: PersonWanted, hashes: Hashes, *, time_zone: str) -> User:
    return User(
        email=person.email,
        name=person.name,
        password=hashes[person.email],
        staff_role=person.role if isinstance(person.role, StaffRole) else "",
        time_zone=time_zone,
    )


def _bring_memberships(wanted: PartnersWanted) -> Tally:
    people = _stored_people(wanted.people)
    rows = [
        Membership(user=people[person.email], firm=row, role=person.role)
        for firm, row in _firms_with_rows(wanted)
        for person in firm.people
    ]
    existing: dict[Hashable, Membership] = {
        row.user_id: row for row in stored(Membership.objects.all(), "user", [row.pk for row in people.values()])
    }
    return bring(Membership, rows, existing, key=lambda row: row.user_id, fields=["role"])


def _bring_addresses(wanted: PartnersWanted) -> Tally:
    """Whoever imports people vouches for their addresses: nobody has to confirm one before signing in."""
    people = _stored_people(wanted.people)
    existing: dict[Hashable, EmailAddress] = {}
    with_primary = set()
    for address in stored(EmailAddress.objects.all(), "user", [row.pk for row in people.values()]):
        existing[address.user_id, address.email] = address
        if address.primary:
            with_primary.add((address.user_id, address.email))
    others = {user_id for user_id, _email in with_primary}
    rows = [
        EmailAddress(
            user=row,
            email=row.email,
            verified=True,
            primary=row.pk not in others or (row.pk, row.email) in with_primary,
        )
        for row in people.values()
    ]
    return bring(
        EmailAddress,
        rows,
        existing,
        key=lambda row: (row.user_id, row.email),
        fields=["verified", "primary"],
    )


# --- What is stored ----------------------------------------------------------------------------------------


def _stored_firms(wanted: PartnersWanted) -> dict[Hashable, PartnerFirm]:
    ids = [firm.global_id for firm in wanted.firms]
    return {row.global_id: row for row in stored(PartnerFirm.objects.all(), "global_id", ids)}


def _firms_with_rows(wanted: PartnersWanted) -> list[tuple[FirmWanted, PartnerFirm]]:
    rows = _stored_firms(wanted)
    return [(firm, rows[firm.global_id]) for firm in wanted.firms]


def _stored_locations(wanted: PartnersWanted) -> dict[Hashable, MpnLocation]:
    ids = [location.mpn_id for location in wanted.locations]
    return {row.mpn_id: row for row in stored(MpnLocation.objects.all(), "mpn_id", ids)}


def _stored_people(people: list[PersonWanted]) -> dict[Hashable, User]:
    emails = [person.email for person in people]
    rows = User.objects.select_related("membership__firm")
    return {row.email: row for row in stored(rows, "email", emails)}
