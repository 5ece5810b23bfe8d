"""What a told row says about other rows inside its JSON, as a pattern: places that the database fills for each copy.

A place is written into the document as `"#3"` where its value stands alone, and as `#3#` inside a text; the pattern
has `%3$s` there, as PostgreSQL's `format` wants it.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from arbitration.seeding.tables import TABLES, Row

NUMBERS = GUIDS = 5
"""So many numbers and subscriptions one row names at most: a claim has four lines, a message one more number."""
REVIEWER, REVIEWER_NAME = NUMBERS + 1, NUMBERS + 2
TENANT, DOMAIN, CUSTOMER, MPN_ID, PARTNER_NAME, PARTNER_EMAIL = range(NUMBERS + GUIDS + 1, NUMBERS + GUIDS + 7)
MPN, LOCATION, REVENUE_CUSTOMER = 1, 2, 3
"""The places of a correction's "before"."""
_NAMED = ("line", "deadline", "decision", "correction", "comment")
_PLACE = re.compile(r'"#(\d+)"|#(\d+)#')


def _pattern(document: object) -> str:
    text = json.dumps(document).replace("%", "%%")
    return _PLACE.sub(lambda found: f"%{found[1] or found[2]}$s", text)


def _alone(place: int) -> str:
    return f"#{place}"


class _Named:
    """The numbers (or GUIDs) that a row names, in the order of their places from `first` on."""

    def __init__(self, first: int = 1) -> None:
        self.values: list[int | str] = []
        self._first = first

    def place(self, value: int | str) -> int:
        """The place of a value."""
        if value not in self.values:
            self.values.append(value)
        if len(self.values) > NUMBERS:
            raise ValueError(f"A row names more than {NUMBERS} others: {self.values}.")
        return self._first + self.values.index(value)

    def __str__(self) -> str:
        return f"{{{','.join(map(str, self.values))}}}"


def _event(row: dict[str, Any]) -> Row:
    told = json.loads(row["data"])
    numbers, reviewer = _Named(), told.get("reviewer")
    for key in _NAMED:
        if key in told:
            told[key] = _alone(numbers.place(told[key]))
    if "lines" in told:
        told["lines"] = [_alone(numbers.place(number)) for number in told["lines"]]
    if "about" in told:
        told["about"] = f"event:#{numbers.place(int(told['about'].removeprefix('event:')))}#"
    if reviewer is not None:
        told |= {"reviewer": _alone(REVIEWER), "reviewer_name": _alone(REVIEWER_NAME)}
    elif not numbers.values:
        return None, None
    row["data"] = _pattern(told)
    return str(numbers), reviewer


def _snapshot(row: dict[str, Any]) -> Row:
    facts = json.loads(row["facts"])
    numbers, guids = _Named(), _Named(NUMBERS + 1)
    domain, customer = facts["domain"], facts["customer_display_name"]
    facts |= {"tenant_id": _alone(TENANT), "domain": f"#{DOMAIN}#", "customer_display_name": f"#{CUSTOMER}#"}
    facts |= {"mpn_id": _alone(MPN_ID), "partner_name": _alone(PARTNER_NAME), "partner_email": _alone(PARTNER_EMAIL)}
    for key in ("customer_email", "technical_email"):
        facts[key] = facts[key].replace(f"@{domain}", f"@#{DOMAIN}#")
    facts["revenue_customer_name"] = facts["revenue_customer_name"].replace(customer, f"#{CUSTOMER}#")
    for line in facts["lines"]:
        line["line"] = _alone(numbers.place(line["line"]))
        if line["subscription_id"]:
            line["subscription_id"] = _alone(guids.place(line["subscription_id"]))
    row["facts"] = _pattern(facts)
    return str(numbers), str(guids)


def _correction(row: dict[str, Any]) -> Row:
    before = json.loads(row["before"])
    before |= {"mpn_id": _alone(MPN), "location": _alone(LOCATION), "revenue_customer_name": _alone(REVENUE_CUSTOMER)}
    row["before"] = _pattern(before)
    return ()


def _second_reading(row: dict[str, Any]) -> Row:
    numbers = _Named()
    for column in ("first", "verdicts", "reasons"):
        by_line = json.loads(row[column])
        row[column] = _pattern({f"#{numbers.place(int(line))}#": said for line, said in by_line.items()})
    return (str(numbers),)


PATTERNS: Mapping[str, tuple[Callable[[dict[str, Any]], Row], Mapping[str, str], Sequence[str]]] = {
    "claims_event": (_event, {"numbers": "bigint[]", "reviewer": "bigint"}, ("data",)),
    "claims_snapshot": (_snapshot, {"numbers": "bigint[]", "guids": "uuid[]"}, ("facts",)),
    "claims_correction": (_correction, {}, ("before",)),
    "arbitration_secondreading": (_second_reading, {"numbers": "bigint[]"}, ("first", "verdicts", "reasons")),
}
"""By table: how its rows become patterns, which columns that adds to the told rows, and where the patterns stand."""


def with_patterns(table: str, rows: Sequence[Row]) -> Sequence[Row]:
    """The rows as they are told: documents as patterns, and what fills them behind the table's own columns."""
    if table not in PATTERNS:
        return rows
    make, columns = PATTERNS[table][0], TABLES[table].split()
    told = []
    for values in rows:
        row = dict(zip(columns, values, strict=True))
        more = make(row)
        told.append((*row.values(), *more))
    return told
