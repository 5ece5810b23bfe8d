"""Claims whose deadlines are due, in any number: a few by the real acts, the rest as copies of their rows, in SQL."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import time_machine
from django.db import connection, models
from django.utils import translation

from arbitration.models import Review
from claims.mails.kinds import KINDS as KINDS_OF_MAILS
from claims.models import Claim, ClaimLine, Comment, Deadline, Event, Snapshot
from cpor_portal.accounts.models import PartnerRole, StaffRole, User
from cpor_portal.directory.models import Product
from cpor_portal.notifications.models import MailState, OutboxMail
from cpor_portal.notifications.outbox import render
from tests.support.factories import make_person, make_staff, make_workload
from tests.support.stories import Side, make_asked, make_customer, make_side, make_submitted, make_under_review

NOW = datetime(2026, 12, 2, 12, 0, tzinfo=UTC)
"""When the sweep takes place: the middle of a week, Thanksgiving a few days back."""
FIRMS = 200
DAYS_BACK = 15
SAMPLES = 4
KINDS = ("missed", "reminded", "partner", "expired")
Making = Callable[[User, Claim], Claim]
_MAKING: Mapping[str, Making] = {
    "missed": make_under_review,
    "reminded": make_under_review,
    "partner": make_asked,
    "expired": make_asked,
}


def seed(mix: Mapping[str, int], total: int) -> None:
    """`total` due deadlines by the shares of `mix`, spread over FIRMS firms; nothing else is due."""
    people = [make_staff(StaffRole.REVIEWER, language=("en", "hu")[number % 2]) for number in range(8)]
    make_staff(StaffRole.ARBITER)
    make_staff(StaffRole.ARBITER, language="hu", time_zone="Europe/Budapest")
    products = [make_workload(name="Exchange Online"), make_workload(name="Microsoft Teams")]
    _make_wanted()
    sides = [_make_firm(number) for number in range(FIRMS)]
    _remember_firms(sides)
    done = 0
    for kind in KINDS:
        number = round(total * mix.get(kind, 0) / sum(mix.values()))
        number = total - done if kind == [one for one in KINDS if mix.get(one)][-1] else number
        if number:
            _want(_samples(kind, people, sides[0], products), number)
            done += number
    _copy()
    _settle()


def _make_firm(number: int) -> Side:
    """Every other firm is a Hungarian one; whoever submits and the admin read their firm's language."""
    side = make_side(role=PartnerRole.GLOBAL_ADMIN)
    make_person(side.firm, PartnerRole.INCENTIVES_ADMIN)
    if number % 2:
        side.firm.country, side.firm.time_zone = "HU", "Europe/Budapest"
        side.firm.save(update_fields=["country", "time_zone"])
    place = {"language": ("en", "hu")[number % 2], "time_zone": side.firm.time_zone}
    User.objects.filter(membership__firm=side.firm).update(**place)
    return side


def _samples(kind: str, reviewers: list[User], side: Side, products: list[Product]) -> list[int]:
    """Up to SAMPLES claims, made on different days, whose running deadline has come to `kind` at NOW."""
    found: list[int] = []
    for back in range(1, DAYS_BACK):
        if len(found) == SAMPLES:
            break
        with time_machine.travel(NOW - timedelta(days=back), tick=False):
            claim = make_submitted(side, make_customer(*products), *products)
            claim = _MAKING[kind](reviewers[back % len(reviewers)], claim)
        deadline = claim.deadlines.running().get()
        is_over = deadline.due_at < NOW
        is_near = not is_over and deadline.remind_at is not None and deadline.remind_at <= NOW
        if is_over if kind in ("missed", "expired") else is_near:
            found.append(claim.pk)
    if not found:
        raise ValueError(f"no day makes a deadline that is {kind} at {NOW}")
    return found


def _run(statement: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def _make_wanted() -> None:
    _run("CREATE TEMP TABLE firm (n int PRIMARY KEY, firm_id bigint, location_id bigint, person_id bigint)")
    _run(
        "CREATE TEMP TABLE wanted (n serial PRIMARY KEY, sample bigint, reference text, tenant_id uuid, firm int,"
        " claim_id bigint)"
    )


def _remember_firms(sides: list[Side]) -> None:
    for number, side in enumerate(sides):
        _run("INSERT INTO firm VALUES (%s, %s, %s, %s)", number, side.firm.pk, side.location.pk, side.person.pk)


def _want(samples: list[int], number: int) -> None:
    _run(
        "INSERT INTO wanted (sample, tenant_id) SELECT (%s::bigint[])[1 + i %% %s], gen_random_uuid()"
        " FROM generate_series(1, %s) AS i",
        samples,
        len(samples),
        number,
    )


def _copy() -> None:
    """Copies of the samples with all rows that the sweep reads or writes, each at a customer of its own."""
    _run("UPDATE wanted SET firm = n %% %s, reference = 'C-' || lpad(upper(to_hex(n)), 8, 'X')", FIRMS)
    own = {name: f"w.{name}" for name in ("reference", "tenant_id")} | {
        "firm_id": "f.firm_id",
        "location_id": "f.location_id",
        "created_by_id": "f.person_id",
        "submitted_by_id": "f.person_id",
        "edited_by_id": "f.person_id",
        "customer_display_name": "p.customer_display_name || ' ' || w.n",
    }
    _again(Claim, "p.id = w.sample", own, "ORDER BY random()")
    _run("UPDATE wanted SET claim_id = c.id FROM claims_claim c WHERE c.reference = wanted.reference")
    _run("CREATE INDEX ON wanted (sample)")
    _run("ANALYZE wanted")
    _run(
        "INSERT INTO claims_target (tenant_id, product_id) SELECT w.tenant_id, t.product_id FROM wanted w"
        " JOIN claims_claimline l ON l.claim_id = w.sample JOIN claims_target t ON t.id = l.target_id"
    )
    target = "(SELECT t.id FROM claims_target t WHERE t.tenant_id = w.tenant_id AND t.product_id = p.product_id"
    target += " AND t.subscription_id IS NULL)"
    of_claim = {"claim_id": "w.claim_id"}
    _again(ClaimLine, "p.claim_id = w.sample", of_claim | {"firm_id": "f.firm_id", "target_id": target})
    for model in (Comment, Snapshot, Review, Event, Deadline):
        _again(model, "p.claim_id = w.sample", of_claim)


def _again(model: type[models.Model], which: str, own: Mapping[str, str], order: str = "") -> None:
    names = [str(field.column) for field in model._meta.concrete_fields if not field.primary_key]
    columns, values = ", ".join(names), ", ".join(own.get(name, f"p.{name}") for name in names)
    table = model._meta.db_table
    _run(
        f"INSERT INTO {table} ({columns}) SELECT {values} FROM wanted w JOIN {table} p ON {which}"  # noqa: S608
        f" JOIN firm f ON f.n = w.firm {order}"
    )


def _settle() -> None:
    """What is not a copy is no more due, and what the acts told is past."""
    _run("UPDATE claims_deadline SET cancelled_at = %s WHERE claim_id NOT IN (SELECT claim_id FROM wanted)", NOW)
    # Whatever is over has had its reminder.
    Deadline.objects.filter(due_at__lt=NOW).update(reminded_at=models.F("remind_at"))
    OutboxMail.objects.filter(state=MailState.WAITING).update(state=MailState.SENT, sent_at=NOW)
    _run("VACUUM ANALYZE")


def samples_of_mails() -> list[OutboxMail]:
    """A mail of every kind about claims in both languages, not stored."""
    mails = []
    for kind in KINDS_OF_MAILS:
        for number, language in enumerate(("en", "hu")):
            reader = User(name="Robin Reader", email="reader@partner.example", language=language)
            with translation.override(language):
                mail = render(kind.code, reader, kind.sample())
            mail.event_key, mail.person = f"{kind.code}:{number}", None
            mails.append(mail)
    return mails
