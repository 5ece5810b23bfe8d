"""The world of the random walk: three firms that want the same products of one customer, and Microsoft's people."""

from dataclasses import dataclass, field
from typing import Any

from django.core.mail.backends.locmem import EmailBackend

from cpor_portal.accounts.models import MailPace, PartnerRole, Programme, StaffRole, User
from cpor_portal.directory.models import Product, Tenant
from tests.support.always import Reader
from tests.support.factories import make_firm, make_location, make_person, make_product, make_staff, make_workload
from tests.support.stories import Side, make_customer

STAFF_MARK = "Quillon"


class LetterBox(EmailBackend):
    """A mail server in memory that can be away."""

    is_away = False

    def open(self) -> bool | None:
        """Raises ConnectionRefusedError while it is away."""
        if LetterBox.is_away:
            raise ConnectionRefusedError("nobody listens there")
        return super().open()


@dataclass
class World:
    """Who is there and what can be claimed; made once, for every walk begins with it.

    `sides` are the people of each firm: an admin, a colleague who is one too, and one who may only draft. `readers`
    are all of them by address; their names begin with what tells whose they are.
    """

    sides: list[list[Side]]
    reviewers: list[User]
    arbiters: list[User]
    workloads: list[Product]
    products: list[Product]
    tenant: Tenant
    readers: dict[str, Reader] = field(default_factory=dict)

    @property
    def staff(self) -> list[User]:
        """Everybody who reviews."""
        return [*self.reviewers, *self.arbiters]

    def sides_of(self, firm_id: int) -> list[Side]:
        """The people of one firm."""
        return next(sides for sides in self.sides if sides[0].firm.pk == firm_id)


def make_world() -> World:
    """Two reviewers, two arbiters, three firms in three countries, two workloads and a product with a subscription."""
    workloads, product = [make_workload(), make_workload()], make_product()
    world = World(
        sides=[
            _people_of("Aldersmith", country="US", time_zone="America/New_York"),
            _people_of("Birkenfeld", country="HU", time_zone="Europe/Budapest"),
            _people_of("Corvanoke", country="JP", time_zone="Asia/Tokyo"),
        ],
        reviewers=[_staff("Rowena"), _staff("Tamsin", mail_pace=MailPace.DIGEST)],
        arbiters=[_staff("Ariadne", StaffRole.ARBITER), _staff("Basil", StaffRole.ARBITER)],
        workloads=workloads,
        products=[*workloads, product],
        tenant=make_customer(*workloads, product),
    )
    world.readers = {person.email: Reader(None, STAFF_MARK) for person in world.staff}
    for sides in world.sides:
        mark = sides[0].firm.name.split()[0]
        world.readers |= {side.person.email: Reader(side.firm.pk, mark) for side in sides}
    return world


def _staff(name: str, role: str = StaffRole.REVIEWER, **fields: Any) -> User:
    return make_staff(role, name=f"{STAFF_MARK} {name}", **fields)


def _people_of(mark: str, **fields: Any) -> list[Side]:
    firm = make_firm(f"{mark} Partners", **fields)
    location = make_location(firm, *Programme)
    make_location(firm, *Programme)  # another one, for a claim to be corrected to
    paces = {
        PartnerRole.INCENTIVES_ADMIN: MailPace.AT_ONCE,
        PartnerRole.GLOBAL_ADMIN: MailPace.NEEDS_ACTION,
        PartnerRole.INCENTIVES_USER: MailPace.DIGEST,
    }
    people = [make_person(firm, role, name=f"{mark} {role}", mail_pace=pace) for role, pace in paces.items()]
    return [Side(firm, person, location) for person in people]
