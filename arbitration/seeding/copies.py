"""Told stories, many times over: INSERT … SELECT for each table, every copy with keys of its own (PostgreSQL).

The rows of a portion of stories wait in temporary tables. A story's row has the number n, and before it room for its
copies: copy k has n - k, and names other rows by the same step. GUIDs are made anew from the told ones, customers get
other words for names, firms and reviewers take turns (`arbitration.seeding.turning`), and each copy happens a fraction
of a second apart: never across midnight, because stories are told in whole seconds.
"""

from collections.abc import Mapping, Sequence
from itertools import chain

from arbitration.seeding.patterns import GUIDS, NUMBERS, PATTERNS, with_patterns
from arbitration.seeding.tables import TABLES, Row
from arbitration.seeding.turning import TURNS, turned_firms, turned_staff
from arbitration.seeding.words import QUALITIES, THINGS, TRADES
from arbitration.seeding.world import World
from arbitration.seeding.writing import copy_in, run

# Each row `t` of a told table meets each copy `c`: its number, its turn, and how much later in the second it happens.
_COPIES = """
    CREATE TEMPORARY TABLE told_copy AS
    SELECT number, number %% %s AS turn, make_interval(secs => number * 618034 %% 1000000 / 1e6) AS later
    FROM generate_series(%s, 0, -1) AS number
"""
_CUSTOMERS = """
    CREATE TEMPORARY TABLE told_customer AS
    SELECT tenant_id, MIN(domain.id) AS number,
        array_position(%s::text[], split_part(display_name, ' ', 1)) AS quality,
        array_position(%s::text[], split_part(display_name, ' ', 2)) AS thing,
        array_position(%s::text[], split_part(display_name, ' ', 3)) AS trade
    FROM told_directory_tenant JOIN told_directory_tenantdomain AS domain USING (tenant_id)
    GROUP BY tenant_id, display_name
"""
_TURNS: Mapping[str, str] = {
    "told_person": "turn int, id bigint, new_id bigint, name text, email text",
    "told_firm": "turn int, id bigint, new_id bigint",
    "told_location": "turn int, id bigint, new_id bigint, mpn_id text, name text",
}


def _listed(words: Sequence[str]) -> str:
    return f"'{{{','.join(words)}}}'::text[]"


def _word(words: Sequence[str], column: str) -> str:
    return f"({_listed(words)})[1 + (customer.{column} - 1 + c.number) % {len(words)}]"


_LABEL = f"lower({_word(QUALITIES, 'quality')} || {_word(THINGS, 'thing')}) || (customer.number - c.number)"
_NAME, _DOMAIN = "called.name", "called.label || '.example'"
_REVENUE = f"CASE WHEN t.revenue_customer_name = '' THEN '' ELSE {_NAME} END"


def _new_customer(told: str) -> str:
    """What the customer of row `told` is called. OFFSET 0: put together once, however often it is used."""
    name = " || ' ' || ".join((_word(QUALITIES, "quality"), _word(THINGS, "thing"), _word(TRADES, "trade")))
    return (
        f" JOIN told_customer AS customer ON customer.tenant_id = {told}.tenant_id"
        f" CROSS JOIN LATERAL (SELECT {name} AS name, {_LABEL} AS label OFFSET 0) AS called"
    )


def _guid(told: str) -> str:
    return f"md5({told}::text || '/' || c.number)::uuid"


def _email(column: str) -> str:
    return f"CASE WHEN t.{column} = '' THEN '' ELSE split_part(t.{column}, '@', 1) || '@' || {_DOMAIN} END"


def _json(text: str) -> str:
    return f"to_json(({text})::text)::text"


def _filled(column: str, *values: str) -> str:
    """The document of a pattern; where the row names nothing, the column has it as it is."""
    return f"CASE WHEN t.numbers IS NULL THEN t.{column} ELSE format(t.{column}, {', '.join(values)}) END::jsonb"


# --- What becomes of a column, by its name -----------------------------------------------------------------

_SHIFTED = "id claim_id line_id review_id decision_id target_id"
_GUIDS = "tenant_id subscription_id commerce_subscription_id"
_PEOPLE = (
    "created_by_id edited_by_id submitted_by_id reviewer_id actor_id author_id by_id asked_by_id decided_by_id"
    " reader_id"
)
_TURNED = ("firm_id", "location_id", *_PEOPLE.split())
# When something was done. What is due is a matter of the day, and stays.
_MOMENTS = (
    "created_at edited_at tenant_verified_at submitted_at resubmitted_at review_started_at correction_asked_at"
    " decided_at started_at ended_at at reminded_at breached_at met_at cancelled_at asked_at sampled_at taken_at"
    " read_at"
)
_BY_NAME: Mapping[str, str] = {
    **{name: f"t.{name} - c.number" for name in _SHIFTED.split()},
    **{name: _guid(f"t.{name}") for name in _GUIDS.split()},
    **{name: f"{name}_new.new_id" for name in _TURNED},
    **{name: f"t.{name} + c.later" for name in _MOMENTS.split()},
}
_NUMBERED = [f"t.numbers[{place}] - c.number" for place in range(1, NUMBERS + 1)]
_OF_TABLE: Mapping[str, Mapping[str, str]] = {
    "directory_tenant": {"display_name": _NAME},
    "directory_tenantdomain": {"name": "called.label || substr(t.name, position('.' in t.name))"},
    "claims_claim": {
        # Told rows bring the references of all their copies.
        "reference": "split_part(t.reference, ' ', c.number + 1)",
        "tenant_entered": f"{_guid('t.tenant_id')}::text",
        "domain_entered": _DOMAIN,
        "domain": _DOMAIN,
        "customer_display_name": _NAME,
        "customer_email": _email("customer_email"),
        "technical_email": _email("technical_email"),
        "partner_name": "created_by_id_new.name",
        "partner_email": "created_by_id_new.email",
        "revenue_customer_name": _REVENUE,
    },
    "claims_claimline": {"subscription_entered": f"COALESCE({_guid('t.subscription_id')}::text, '')"},
    "claims_deadline": {
        "about": "CASE WHEN t.about = '' THEN '' ELSE 'event:' || (substr(t.about, 7)::bigint - c.number) END"
    },
    "claims_event": {"data": _filled("data", *_NUMBERED, "told_to.new_id", _json("told_to.name"))},
    "claims_snapshot": {
        "facts": _filled(
            "facts",
            *_NUMBERED,
            *(_json(_guid(f"t.guids[{place}]")) for place in range(1, GUIDS + 1)),
            *(_json(_guid("told.tenant_id")), _DOMAIN, _NAME, _json("location.mpn_id")),
            *(_json("by_id_new.name"), _json("by_id_new.email")),
        )
    },
    "claims_correction": {
        "revenue_customer_name": _REVENUE,
        "before": (
            "format(t.before, to_json(location.mpn_id)::text, to_json(location.mpn_id || ' ' || location.name)::text,"
            f" to_json({_REVENUE})::text)::jsonb"
        ),
    },
    "arbitration_secondreading": {column: _filled(column, *_NUMBERED) for column in ("first", "verdicts", "reasons")},
}
_TOLD = (
    " JOIN told_claims_claim AS told ON told.id = t.claim_id" + _new_customer("told") + " JOIN told_location AS"
    " location ON (location.turn, location.id) = (c.turn, told.location_id)"
)
_JOINS: Mapping[str, str] = {
    "directory_tenant": _new_customer("t"),
    "directory_tenantdomain": _new_customer("t"),
    "claims_claim": _new_customer("t"),
    "claims_event": " LEFT JOIN told_person AS told_to ON (told_to.turn, told_to.id) = (c.turn, t.reviewer)",
    "claims_snapshot": _TOLD,
    "claims_correction": _TOLD,
}


def _statement(table: str) -> str:
    columns = TABLES[table].split()
    own = _OF_TABLE.get(table, {})
    values = ", ".join(own.get(name) or _BY_NAME.get(name, f"t.{name}") for name in columns)
    joins = "".join(_turned(name) for name in columns if name in _TURNED)
    names = ", ".join(f'"{name}"' for name in columns)
    return (
        f"INSERT INTO {table} ({names}) SELECT {values}"  # noqa: S608 - names and words of this package
        f" FROM told_{table} AS t CROSS JOIN told_copy AS c{joins}{_JOINS.get(table, '')}"
    )


def _turned(column: str) -> str:
    kind = column.removesuffix("_id") if column in ("firm_id", "location_id") else "person"
    new = f"{column}_new"
    return f" LEFT JOIN told_{kind} AS {new} ON ({new}.turn, {new}.id) = (c.turn, t.{column})"


# --- The work ----------------------------------------------------------------------------------------------


class Copies:
    """A portion of stories that is written so many times over, inside the caller's transaction."""

    def __init__(self, world: World, copies: int) -> None:
        self._world, self._copies = world, copies
        for table in TABLES:
            run(f"CREATE TEMPORARY TABLE told_{table} (LIKE {table})")
            if table in PATTERNS:
                _make, more, documents = PATTERNS[table]
                changes = [f"ADD COLUMN {name} {kind}" for name, kind in more.items()]
                changes += [f"ALTER COLUMN {name} TYPE text" for name in documents]
                run(f"ALTER TABLE told_{table} {', '.join(changes)}")
        run("ALTER TABLE told_claims_claim ALTER COLUMN reference TYPE text")

    def keep(self, table: str, rows: Sequence[Row]) -> None:
        """Told rows, in the order of the table's columns."""
        more = PATTERNS[table][1] if table in PATTERNS else ()
        copy_in(f"told_{table}", (*TABLES[table].split(), *more), with_patterns(table, rows))

    def write(self) -> None:
        """Write every copy of what is kept, in the order of its numbers."""
        self._take_turns()
        run("SET LOCAL work_mem = '256MB'")
        told = ("told_copy", "told_customer", *_TURNS, *(f"told_{table}" for table in TABLES))
        for table in told:
            run(f"ANALYZE {table}")
        for table in TABLES:
            run(_statement(table))
        run(f"DROP TABLE {', '.join(told)}")

    def _take_turns(self) -> None:
        turns = min(TURNS, self._copies)
        run(_COPIES, turns, self._copies - 1)
        run(_CUSTOMERS, QUALITIES, THINGS, TRADES)
        firms = list(turned_firms(self._world, turns))
        people = ((turn, a, b) for turn, old, new in firms for a, b in zip(old.admins, new.admins, strict=True))
        places = ((turn, a, b) for turn, old, new in firms for a, b in zip(old.locations, new.locations, strict=True))
        rows: Mapping[str, list[Row]] = {
            "told_person": [
                (turn, old.id, new.id, new.name, new.email)
                for turn, old, new in chain(people, turned_staff(self._world, turns))
            ],
            "told_firm": [(turn, old.id, new.id) for turn, old, new in firms],
            "told_location": [(turn, old[0], *new) for turn, old, new in places],
        }
        for table, columns in _TURNS.items():
            run(f"CREATE TEMPORARY TABLE {table} ({columns})")
            copy_in(table, [column.split()[0] for column in columns.split(", ")], rows[table])
