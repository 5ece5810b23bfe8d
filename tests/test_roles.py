"""Every address, by GET and by POST, for every role: what domain.md, "Who uses the portal", allows and no more.

The table is tests/decision_tables/roles.csv, a row for each address of the URLconf and method: an address without its
two rows fails here. `claim` says at which point of its life the claim stands that the address names. What a role gets:
`yes` (the page, or the act was done: 200, 302; 503 of a page that waits for something), `login`, or what it is refused
with: `403`, `404`, `405`, or a fault of what was sent, `400`, `409`, `422`. Every POST sends a form that is filled in
(tests/support/sending.py), so that nobody is held to be allowed whose form is read before it is asked who may.
"""

import csv
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from arbitration.acts.approve import approve
from arbitration.models import Absence, Bar, Review, SavedFilter, SecondReading
from claims.acts.corrections import ask_correction
from claims.models import CalendarFeed, Claim
from cpor_portal.accounts.models import PartnerRole, Programme, StaffRole, User
from cpor_portal.notifications.desk.shown import Shown
from cpor_portal.notifications.models import MailState, OutboxMail
from tests.support.factories import make_location, make_person, make_staff, make_workload
from tests.support.sending import Fields, filled_in
from tests.support.stories import (
    Side,
    make_asked,
    make_customer,
    make_draft,
    make_side,
    make_submitted,
    make_under_review,
)

pytestmark = pytest.mark.django_db

TABLE = Path(__file__).parent / "decision_tables" / "roles.csv"
OTHER, ANONYMOUS = "other_firm", "anonymous"
ROLES = (ANONYMOUS, *PartnerRole.values, OTHER, *StaffRole.values)
METHODS = ("get", "post")
# Tested where they are made: allauth's own pages, and Django's admin (tests/cpor_portal).
NOT_OURS = ("accounts/", "admin/")
KNOWN = {
    "code": "submitted",
    "lang": "en",
    "language": "en",
    "page": 1,
    "number": 1,
    "step": "contacts",
    "topic": "tenant",
    "token": "no-such-token",
    "name": "20261122T120000000000Z-0000000000000000",
}
Door = tuple[str, tuple[str, ...]]


def _doors(resolver: URLResolver, namespace: str = "") -> Iterator[Door]:
    for one in resolver.url_patterns:
        if isinstance(one, URLPattern):
            yield f"{namespace}{one.name}", tuple(one.pattern.converters)
        elif str(one.pattern) not in NOT_OURS:
            yield from _doors(one, f"{one.namespace}:" if one.namespace else namespace)


DOORS = dict(sorted(_doors(get_resolver())))
ROWS = list(csv.DictReader(TABLE.read_text(encoding="utf-8").splitlines()))
# Where mail does not lie on this machine there is no mailbox.
ROWS = [row for row in ROWS if settings.MAILBOX_DIR or not row["address"].startswith("mailbox")]


class World:
    """A firm with somebody of each role, another firm, Microsoft's people, and a claim at each point of its life."""

    def __init__(self) -> None:
        self.side = make_side(role=PartnerRole.GLOBAL_ADMIN)
        self.people: dict[str, User | None] = {ANONYMOUS: None, PartnerRole.GLOBAL_ADMIN: self.side.person}
        for role in PartnerRole:
            if role != PartnerRole.GLOBAL_ADMIN:
                self.people[role] = make_person(self.side.firm, role)
        self.people[OTHER] = make_person(make_side().firm, PartnerRole.GLOBAL_ADMIN)
        self.people |= {role: make_staff(role) for role in StaffRole}
        self.reviewer, self.arbiter = self.people[StaffRole.REVIEWER], self.people[StaffRole.ARBITER]
        self.other = make_location(self.side.firm, *Programme)
        self.claims = self._claims()
        self.known = KNOWN | self._things()
        self.clients = {role: _client(person) for role, person in self.people.items()}

    def _claims(self) -> dict[str, Claim]:
        claims = {"draft": _draft(self.side), "submitted": _submitted(self.side)}
        claims["review"] = make_under_review(self.reviewer, _submitted(self.side))
        claims["asked"] = make_asked(self.reviewer, _submitted(self.side))
        claims["approved"] = self._approved()
        claims["correcting"] = ask_correction(
            reference=self._approved().reference, by=self.side.person, mpn_id=self.other.mpn_id, reason="It was a slip."
        )
        return claims

    def _approved(self) -> Claim:
        claim = make_under_review(self.reviewer, _submitted(self.side))
        return approve(reference=claim.reference, by=self.reviewer)

    def _things(self) -> dict[str, int]:
        """What belongs to the reviewer; a second reading of theirs, which the arbiter has; and a mail that was sent."""
        # Of another month: whoever is away today takes nothing.
        day = timezone.now().date() + timedelta(days=60)
        # Of another claim: whoever reads it blind is kept away from its other pages.
        review = Review.objects.get(claim=self._approved())
        now = timezone.now()
        taken = {"reader": self.arbiter, "taken_at": now, "sampled_at": now}
        taken["first"] = {str(one.line_id): one.decision for one in review.decisions.all()}
        self.reading, _made = SecondReading.objects.update_or_create(review=review, defaults=taken)
        self.mail = OutboxMail.objects.latest("pk")
        OutboxMail.objects.filter(pk=self.mail.pk).update(state=MailState.SENT, sent_at=now)
        self.mail.refresh_from_db()
        feed = CalendarFeed.objects.create(firm=self.side.firm, name="Team", token_hash="0", made_by=self.side.person)
        own = {"person": self.reviewer, "declared_by": self.reviewer}
        return {
            "filter_id": SavedFilter.objects.create(owner=self.reviewer, name="Mine", query="mine=1").pk,
            "absence_id": Absence.objects.create(first_day=day, last_day=day, **own).pk,
            "bar_id": Bar.objects.create(firm=make_side().firm, reason="Used to work there.", **own).pk,
            "reading_id": self.reading.pk,
            "mail_id": self.mail.pk,
            "feed_id": feed.pk,
        }

    def _sent(self, address: str, held: Claim, person: User) -> Fields:
        if address == "arbitration:second_reading":
            return {f"verdict_{line}": "approve" for line in self.reading.first}
        if address.startswith("outbox:"):
            return {"seen": Shown(self.mail, person).seen}
        return filled_in(held, other=self.other, reader=self.reviewer, colleague=self.arbiter).get(address, {})

    def answer(self, address: str, claim: str, method: str, role: str) -> str:
        """What the role gets; whatever it does is undone."""
        held = self.claims[claim or "review"]
        document, deadline = held.documents.first(), held.deadlines.first()
        known = self.known | {
            "reference": held.reference,
            "document_id": document.pk if document else 1,
            "deadline_id": deadline.pk if deadline else 1,
        }
        path = reverse(address, kwargs={name: known.get(name, 1) for name in DOORS[address]})
        with transaction.atomic():
            # Whoever is not signed in gets back what was typed, 403 (tests/test_doors.py): here nothing was.
            sent = self._sent(address, held, self.people[role]) if method == "post" and role != ANONYMOUS else {}
            answer = getattr(self.clients[role], method)(path, sent)
            list(answer)  # read to its end, so that a document's file is closed
            transaction.set_rollback(True)
        return _in_short(answer.status_code, answer.get("Location", ""))


def _in_short(code: int, location: str) -> str:
    if code == 302 and location.startswith(reverse("account_login")):
        return "login"
    return "yes" if code in (200, 302, 503) else str(code)


def _draft(side: Side) -> Claim:
    workload = make_workload()
    return make_draft(side, make_customer(workload), [workload])


def _submitted(side: Side) -> Claim:
    workload = make_workload()
    return make_submitted(side, make_customer(workload), workload)


def _client(person: User | None) -> Client:
    client = Client()
    if person:
        client.force_login(person)
    return client


def test_every_address_has_its_rows_and_no_other_has() -> None:
    assert {(row["address"], row["method"]) for row in ROWS} == {(name, how) for name in DOORS for how in METHODS}
    assert len(ROWS) == len(METHODS) * len(DOORS)


def test_each_role_gets_exactly_what_the_table_says() -> None:
    world = World()
    wrong = []
    for row in ROWS:
        got = {role: world.answer(row["address"], row["claim"], row["method"], role) for role in ROLES}
        wrong += [
            (row["address"], row["method"], role, f"expected {row[role]}, got {got[role]}")
            for role in ROLES
            if got[role] != row[role]
        ]
    assert wrong == []


def test_the_table_never_tells_another_firm_that_a_claim_is_there() -> None:
    of_a_claim = [row for row in ROWS if "reference" in DOORS[row["address"]]]
    assert len(of_a_claim) > 60
    assert {row[OTHER] for row in of_a_claim} <= {"404", "405"}
    # Some method of each address is there, so that 405 alone is no way to say nothing.
    assert {row["address"] for row in of_a_claim if row[OTHER] == "404"} == {row["address"] for row in of_a_claim}


def test_the_table_is_the_papers() -> None:
    """domain.md, "Who uses the portal", said again of all rows at once."""
    for row in ROWS:
        if row["address"].startswith("arbitration:"):
            assert {row[role] for role in (*PartnerRole.values, OTHER)} <= {"404", "405"}, row
            assert row[StaffRole.PORTAL_ADMIN] in ("404", "405"), row
        if "reference" in DOORS[row["address"]]:
            assert row[StaffRole.PORTAL_ADMIN] in ("404", "405"), row
        if row["claim"] == "draft":
            assert {row[role] for role in StaffRole.values} <= {"404", "405"}, row
    by_name = {(row["address"], row["method"]): row for row in ROWS}
    for act in ("submit", "resubmit", "withdraw"):
        row = by_name[f"claims:{act}", "post"]
        admins = set(PartnerRole.values) - {PartnerRole.INCENTIVES_USER}
        assert {row[role] for role in admins} == {"yes"}, act
        assert row[PartnerRole.INCENTIVES_USER] == "403", act
    for act in ("assign", "assign_many", "desks", "figures"):
        method = "get" if act in ("desks", "figures") else "post"
        row = by_name[f"arbitration:{act}", method]
        assert (row[StaffRole.REVIEWER] in ("403", "404"), row[StaffRole.ARBITER]) == (True, "yes"), act
