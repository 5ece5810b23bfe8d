"""Who is there before any claim: Microsoft's people, partner firms with their locations, and the catalogue."""

import random
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.db.models import QuerySet

from arbitration.models import Bar, Desk, SavedFilter
from arbitration.seeding.words import ADVISERS, FIRST_NAMES, LAST_NAMES, QUALITIES, THINGS
from claims.transitions import ADMINS
from cpor_portal.accounts.models import (
    Enrolment,
    EnrolmentState,
    Membership,
    MpnLocation,
    PartnerFirm,
    PartnerRole,
    Programme,
    StaffRole,
    User,
)
from cpor_portal.directory import importing as customers
from cpor_portal.directory.models import Product, ProductKind
from cpor_portal.importing.places import usual_time_zone

PASSWORD = "seed-only-1"  # noqa: S105 - printed by the command, for people who measure the portal or try it out
PEOPLE = 8
ARBITERS = 2
CLAIMS_PER_FIRM, FEWEST_FIRMS, MOST_FIRMS = 40, 12, 5_000
COUNTRIES = ("US", "HU", "DE", "GB", "FR", "AT", "CA", "NL")
# 8 digits that no register gives out: seeded firms are told by them when more are seeded.
FIRST_GLOBAL_ID, FIRST_MPN_ID = 90_000_001, 95_000_001
SUITE = "SPE_E5"  # Microsoft 365 E5 carries nearly every workload
FILTERS = {"Contested": "contested=1", "Microsoft 365": "area=microsoft_365", "Overdue": "overdue=1"}


@dataclass(frozen=True, slots=True)
class Person:
    """Whoever acts: number, name and role."""

    id: int
    name: str
    email: str
    role: str


@dataclass(frozen=True, slots=True)
class Firm:
    """A partner firm, with the locations that are enrolled and the people who may submit.

    Firms that meet on one customer are of different halves. A story that is copied passes from firm to firm within a
    half (`arbitration.seeding.turning`), so they are two in every copy.
    """

    id: int
    name: str
    country: str
    locations: tuple[tuple[int, str, str], ...]
    admins: tuple[Person, ...]
    half: int


@dataclass(frozen=True, slots=True)
class Ware:
    """A product, with what a subscription of it looks like."""

    id: int
    code: str
    name: str
    is_workload: bool
    sku_id: str
    part_number: str
    plans: tuple[str, ...]


@dataclass(frozen=True)
class World:
    """All that claims need besides themselves."""

    reviewers: Sequence[Person]
    arbiters: Sequence[Person]
    firms: Sequence[Firm]
    workloads: Sequence[Ware]
    applications: Sequence[Ware]
    samples: dict[str, PartnerFirm] = field(default_factory=dict)


def bring_world(claims: int, today: date) -> World:
    """Bring what is missing, for `claims` more; harmless when it is there already."""
    hashed = _password()
    staff = _bring_staff(hashed)
    _bring_firms(min(max(claims // CLAIMS_PER_FIRM, FEWEST_FIRMS), MOST_FIRMS), hashed, today)
    firms = list(_firms())
    _bring_desks([person for person in staff if person.role == StaffRole.REVIEWER], firms)
    wares = _wares(today)
    return World(
        reviewers=[person for person in staff if person.role == StaffRole.REVIEWER],
        arbiters=[person for person in staff if person.role == StaffRole.ARBITER],
        firms=firms,
        workloads=[ware for ware in wares if ware.is_workload],
        applications=[ware for ware in wares if not ware.is_workload],
        samples={firm.country: firm for firm in _seeded().filter(country__in=COUNTRIES).order_by("-id")[:200]},
    )


def _password() -> str:
    """One hash for all: hashing is slow by design, and this password is no secret."""
    known = User.objects.filter(email="reviewer1@seed.example").values_list("password", flat=True).first()
    return known if known and check_password(PASSWORD, known) else make_password(PASSWORD)


def staff_addresses() -> Iterator[tuple[str, StaffRole]]:
    """Microsoft's seeded people."""
    yield from ((f"reviewer{number}@seed.example", StaffRole.REVIEWER) for number in range(1, PEOPLE + 1))
    yield from ((f"arbiter{number}@seed.example", StaffRole.ARBITER) for number in range(1, ARBITERS + 1))


def _bring_staff(hashed: str) -> list[Person]:
    people = []
    for number, (email, role) in enumerate(staff_addresses()):
        values = {"name": _name(number + 3), "password": hashed, "staff_role": role, "is_active": True}
        person, _made = User.objects.update_or_create(
            email=email, defaults=values, create_defaults={**values, "time_zone": settings.REVIEW_TIME_ZONE}
        )
        _let_in(person)
        people.append(Person(person.pk, person.name, email, role))
    return people


def _let_in(person: User) -> None:
    """The address counts as verified: whoever seeds vouches for it, as an import does."""
    EmailAddress.objects.update_or_create(user=person, email=person.email, defaults={"verified": True, "primary": True})


def _name(number: int) -> str:
    return f"{FIRST_NAMES[number % len(FIRST_NAMES)]} {LAST_NAMES[number * 7 % len(LAST_NAMES)]}"


def _bring_desks(reviewers: Sequence[Person], firms: Sequence[Firm]) -> None:
    """A desk for each, one conflict of interest for every second, and three saved filters for the first."""
    Desk.objects.bulk_create((Desk(person_id=person.id) for person in reviewers), ignore_conflicts=True)
    for number, person in enumerate(reviewers[::2]):
        Bar.objects.get_or_create(
            person_id=person.id,
            firm_id=firms[-1 - number].id,
            claim=None,
            lifted_at=None,
            defaults={"reason": "Used to work there.", "declared_by_id": person.id},
        )
    for name, query in FILTERS.items():
        SavedFilter.objects.get_or_create(owner_id=reviewers[0].id, name=name, defaults={"query": query})


# --- Firms -------------------------------------------------------------------------------------------------


def _seeded() -> QuerySet[PartnerFirm]:
    """The firms of this and earlier runs."""
    return PartnerFirm.objects.filter(global_id__gte=str(FIRST_GLOBAL_ID), global_id__lt=str(FIRST_MPN_ID))


def _bring_firms(count: int, hashed: str, today: date) -> None:
    known = _seeded().count()
    if known >= count:
        return
    numbers = range(known, count)
    firms = PartnerFirm.objects.bulk_create([_firm(number) for number in numbers], batch_size=1_000)
    _bring_locations(numbers, firms, today)
    people = User.objects.bulk_create(list(_people(numbers, firms, hashed)), batch_size=1_000)
    by_email = {person.email: person for person in people}
    Membership.objects.bulk_create(
        (
            Membership(user=by_email[email], firm=firm, role=role)
            for number, firm in zip(numbers, firms, strict=True)
            for email, role in _addresses(number)
        ),
        batch_size=1_000,
    )
    for person in people:
        if person.has_usable_password():
            _let_in(person)


def _firm(number: int) -> PartnerFirm:
    rng = random.Random(number)  # noqa: S311 - names, and the same ones in every run
    country = COUNTRIES[number % len(COUNTRIES)]
    name = f"{rng.choice(QUALITIES)} {rng.choice(THINGS)} {rng.choice(ADVISERS)}"
    return PartnerFirm(
        name=name, country=country, time_zone=usual_time_zone(country), global_id=str(FIRST_GLOBAL_ID + number)
    )


def _bring_locations(numbers: Collection[int], firms: Sequence[PartnerFirm], today: date) -> None:
    """Three locations each: two that are enrolled in everything, and one whose enrolment is under way."""
    wanted = [
        MpnLocation(firm=firm, mpn_id=str(FIRST_MPN_ID + 3 * number + place), name=f"{firm.name}, {town}")
        for number, firm in zip(numbers, firms, strict=True)
        for place, town in enumerate(("head office", "branch", "new office"))
    ]
    ends_on = date(today.year + (today.month > 6), 6, 30)  # the end of the fiscal year (domain.md)
    Enrolment.objects.bulk_create(
        (
            Enrolment(location=location, programme=programme, state=_state(location), ends_on=ends_on)
            for location in MpnLocation.objects.bulk_create(wanted, batch_size=1_000)
            for programme in Programme
        ),
        batch_size=1_000,
    )


def _state(location: MpnLocation) -> EnrolmentState:
    return EnrolmentState.VALIDATING if location.name.endswith("new office") else EnrolmentState.ENROLLED


def _addresses(number: int) -> Iterator[tuple[str, PartnerRole]]:
    """Two of each firm who may submit; partner1 … partner8 belong to the first eight firms."""
    is_first = number < PEOPLE
    head = f"partner{number + 1}@seed.example" if is_first else f"admin@firm{number + 1}.seed.example"
    yield head, PartnerRole.INCENTIVES_ADMIN if number % 2 else PartnerRole.GLOBAL_ADMIN
    yield f"billing@firm{number + 1}.seed.example", PartnerRole.BILLING_ADMIN


def _people(numbers: Collection[int], firms: Sequence[PartnerFirm], hashed: str) -> Iterator[User]:
    for number, firm in zip(numbers, firms, strict=True):
        for place, (email, _role) in enumerate(_addresses(number)):
            password = hashed if email.startswith("partner") else make_password(None)
            yield User(
                email=email,
                name=_name(2 * number + place),
                password=password,
                time_zone=firm.time_zone,
                language="hu" if firm.country == "HU" else "en",
            )


def _firms() -> Iterator[Firm]:
    """The seeded firms as claims need them, in three queries."""
    rows = _seeded().order_by("global_id").prefetch_related("memberships__user", "locations__enrolments")
    for number, row in enumerate(rows):
        locations = [one for one in row.locations.all() if _may_file(one)]
        members = row.memberships.all()
        admins = [Person(m.user_id, m.user.name, m.user.email, m.role) for m in members if m.role in ADMINS]
        if locations and admins:
            places = tuple((one.pk, one.mpn_id, one.name) for one in locations)
            yield Firm(row.pk, row.name, row.country, places, tuple(admins), number // len(COUNTRIES) % 2)


def _may_file(location: MpnLocation) -> bool:
    return any(one.state == EnrolmentState.ENROLLED for one in location.enrolments.all())


# --- The catalogue -----------------------------------------------------------------------------------------


def _wares(today: date) -> list[Ware]:
    if not Product.objects.filter(kind=ProductKind.SUBSCRIPTION).exists():
        customers.load_catalogue()
    products = Product.objects.claimable_on(today).order_by("id")
    return [_ware(product) for product in products if product.sku_ids and product.service_plans]


def _ware(product: Product) -> Ware:
    parts = product.sku_part_numbers or [product.code.upper()]
    return Ware(
        id=product.pk,
        code=product.code,
        name=product.name,
        is_workload=product.kind == ProductKind.WORKLOAD,
        sku_id=product.sku_ids[0],
        part_number=SUITE if SUITE in parts else parts[0],
        plans=tuple(product.service_plans),
    )
