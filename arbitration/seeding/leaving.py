"""The story of a seeded claim is told: its rows go to the sheets."""

import json
import random
from collections.abc import Sequence
from datetime import date, timedelta

from arbitration.seeding.facts import contacts_of, hyphenated
from arbitration.seeding.life import WINDOWS, Life
from arbitration.seeding.records import Line, Round, Running
from arbitration.seeding.tables import Row
from arbitration.seeding.world import Person
from claims.proof.freshness import good_until
from claims.proof.reminders import REMINDED_BEFORE
from claims.words import Status

AGREEING = 0.9
READ = 0.8


def leave(life: Life, reference: str, readers: Sequence[Person], share: float, rng: random.Random) -> None:
    """Let the portal do what is due by now, and hand every row over. `share` of the rounds are sampled."""
    life.sweep(life.ground.now)
    _claim(life, reference)
    for line in life.lines:
        _line(life, line)
    for one in life.deadlines:
        _deadline(life, one)
    for held in life.rounds:
        _round(life, held)
        if held.decided is not None and rng.random() < share:
            _second_reading(life, held, readers, rng)


def _claim(life: Life, reference: str) -> None:
    stamp, facts, customer, partner = life.ground.stamps, life.facts, life.customer, life.facts.partner
    tenant = hyphenated(customer.tenant_id)
    filed: Row = (partner.id if life.submitted else None, life.reviewer.id if life.reviewer else None)
    answers: Row = (facts.area, json.dumps(facts.activities), facts.location[0])
    life.ground.sheets.claims.rows.append(
        (
            *(life.id, reference, life.firm.id, life.status, life.version, stamp(life.created), partner.id),
            *(stamp(life.edited), life.editor, tenant, customer.domain, customer.tenant_id, customer.domain),
            *(customer.name, customer.country, life.truth(customer.is_public), stamp(life.created)),
            *answers,
            *contacts_of(facts, customer).values(),
            *(None, _reminder(life), life.round, stamp(life.submitted), stamp(life.resubmitted)),
            *filed,
            *(stamp(life.started), stamp(_due(life)), stamp(life.correction_asked)),
        )
    )


def _due(life: Life) -> int | None:
    """What is owed first; windows and a draft's end are owed by nobody."""
    running = (one for one in life.deadlines if one.met is None and one.cancelled is None)
    return min((one.term.due for one in running if one.kind not in WINDOWS), default=None)


def _reminder(life: Life) -> str | None:
    """The day of the next reminder of newer proof, once a year (`claims.proof.reminders`)."""
    if life.status != Status.APPROVED or life.submitted is None:
        return None
    today = life.ground.calendars.review_day(life.ground.now)
    day = good_until(life.ground.calendars.review_day(life.submitted)) - REMINDED_BEFORE
    while day <= today:
        day += timedelta(days=365)
    return date.isoformat(day)


def _line(life: Life, line: Line) -> None:
    stamp, sheets, what = life.ground.stamps, life.ground.sheets, line.what
    entered = hyphenated(what.subscription_id) if what.subscription_id else ""
    is_filed = line.submitted_at is not None
    sheets.lines.rows.append(
        (
            *(line.id, life.id, life.firm.id, what.ware.id, what.target_id if is_filed else None, entered),
            *(what.subscription_id, line.outcome, life.truth(line.is_told)),
            *(stamp(line.submitted_at), stamp(line.decided_at)),
        )
    )
    if line.associated_at is not None:
        reason = "released" if line.ended_at else ""
        began, ended = stamp(line.associated_at), stamp(line.ended_at)
        sheets.associations.add(what.target_id, life.firm.id, line.id, began, ended, reason)


def _deadline(life: Life, one: Running) -> None:
    stamp, term = life.ground.stamps, one.term
    life.ground.sheets.deadlines.rows.append(
        (
            *(one.id, life.id, one.kind, one.about, term.party, stamp(one.started), stamp(term.due)),
            *(stamp(term.remind), term.days, term.country, term.zone, term.closures, term.extra),
            *(stamp(one.reminded), stamp(one.breached), stamp(one.met), stamp(one.cancelled)),
        )
    )


def _round(life: Life, held: Round) -> None:
    stamp, sheets = life.ground.stamps, life.ground.sheets
    days = life.ground.calendars.business_days(held.clock_started, held.decided) if held.decided else None
    sheets.reviews.rows.append(
        (
            *(held.id, life.id, held.number, held.reviewer.id, stamp(held.started), stamp(held.decided)),
            *(held.decision, json.dumps(list(held.reasons)), held.text, days),
        )
    )
    for line_id, (decision, at, by_id, reasons) in held.lines.items():
        number = sheets.decisions.add(held.id, line_id, decision, stamp(at), by_id)
        for reason in reasons:
            sheets.reasons.add(number, reason)


def _second_reading(life: Life, held: Round, readers: Sequence[Person], rng: random.Random) -> None:
    """Most are read, by somebody who did not decide, and most agree."""
    stamp, decided = life.ground.stamps, held.decided or 0
    first = {str(line_id): decision for line_id, (decision, *_rest) in held.lines.items()}
    others = [person for person in readers if person.id != held.reviewer.id]
    at = decided + rng.randrange(3_600, 4 * 86_400)
    if at > life.ground.now or rng.random() > READ:
        read: Row = (None, None, None, json.dumps(first), "{}", "{}", "", None)
    else:
        agrees = rng.random() < AGREEING
        verdicts = first if agrees else dict.fromkeys(first, "asked" if held.decision != "asked" else "approved")
        reasons = {line_id: list(held.reasons) for line_id in first} if agrees else {}
        read = (
            *(rng.choice(others).id, stamp(at - 1_200), stamp(at), json.dumps(first)),
            *(json.dumps(verdicts), json.dumps(reasons), "", life.truth(agrees)),
        )
    life.ground.sheets.second_readings.add(held.id, stamp(decided), *read)
