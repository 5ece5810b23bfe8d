"""The tables that are filled, with their columns in the order of the rows, and where rows wait to be written."""

from collections.abc import Iterator, Mapping

Row = tuple[str | int | None, ...]

TABLES: Mapping[str, str] = {
    "directory_tenant": "tenant_id display_name country public_sector",
    "directory_tenantdomain": "id tenant_id name",
    "directory_subscription": (
        "subscription_id commerce_subscription_id tenant_id sku_id sku_part_number channel status is_trial"
        " owner_tenant_id next_lifecycle_at service_status"
    ),
    "claims_target": "id tenant_id product_id subscription_id",
    "claims_claim": (
        "id reference firm_id status version created_at created_by_id edited_at edited_by_id tenant_entered"
        " domain_entered tenant_id domain customer_display_name customer_country public_sector tenant_verified_at"
        " solution_area activities location_id name customer_name customer_title customer_email technical_name"
        " technical_title technical_email partner_name partner_email seller_name revenue_customer_name isv_solution"
        " proof_good_until proof_reminder_on round submitted_at resubmitted_at submitted_by_id reviewer_id"
        " review_started_at due_at correction_asked_at"
    ),
    "claims_claimline": (
        "id claim_id firm_id product_id target_id subscription_entered subscription_id outcome told_contested"
        " submitted_at decided_at"
    ),
    "claims_association": "id target_id firm_id line_id started_at ended_at end_reason",
    "claims_event": ("id claim_id verb at actor_id actor_role audience status_before status_after claim_version data"),
    "claims_comment": "id claim_id author_id author_is_staff audience body reasons cells verb at",
    "claims_deadline": (
        "id claim_id kind about party started_at due_at remind_at days calendar_country calendar_zone closures"
        " extra_working_days reminded_at breached_at met_at cancelled_at"
    ),
    "claims_snapshot": "id claim_id round verb at by_id facts",
    "claims_correction": (
        "id claim_id state asked_by_id asked_at reason location_id activities seller_name revenue_customer_name"
        " isv_solution before decided_by_id decided_at answer"
    ),
    "arbitration_review": ("id claim_id round reviewer_id started_at decided_at decision reasons text business_days"),
    "arbitration_linedecision": "id review_id line_id decision at by_id",
    "arbitration_decisionreason": "id decision_id reason",
    "arbitration_secondreading": (
        "id review_id sampled_at reader_id taken_at read_at first verdicts reasons text agrees"
    ),
}
NUMBERED = tuple(name for name, columns in TABLES.items() if columns.startswith("id "))


class Sheet:
    """The rows of one table that wait, and the number that the last one has.

    With a `step` above 1 numbers stay free before each row: they belong to its copies.
    """

    __slots__ = ("last_id", "rows", "step")

    def __init__(self, last_id: int) -> None:
        self.last_id = last_id
        self.step = 1
        self.rows: list[Row] = []

    def new_id(self) -> int:
        """The next free number."""
        self.last_id += self.step
        return self.last_id

    def add(self, *values: str | int | None) -> int:
        """Keep a row under the next free number; returns that."""
        self.last_id += self.step
        self.rows.append((self.last_id, *values))
        return self.last_id


class Sheets:
    """All tables, by the last part of their names."""

    def __init__(self, last_ids: Mapping[str, int]) -> None:
        self._by_table = {name: Sheet(last_ids.get(name, 0)) for name in TABLES}
        self.counts = dict.fromkeys(TABLES, 0)
        (
            self.tenants,
            self.domains,
            self.subscriptions,
            self.targets,
            self.claims,
            self.lines,
            self.associations,
            self.events,
            self.comments,
            self.deadlines,
            self.snapshots,
            self.corrections,
            self.reviews,
            self.decisions,
            self.reasons,
            self.second_readings,
        ) = self._by_table.values()

    def leave_room(self, copies: int) -> None:
        """From now on each row stands for so many; nothing waits at this moment."""
        for sheet in self._by_table.values():
            sheet.step = copies

    def empty(self) -> Iterator[tuple[str, list[Row]]]:
        """What waits, table by table in the order in which it may be written; then nothing waits."""
        for name, sheet in self._by_table.items():
            rows, sheet.rows = sheet.rows, []
            self.counts[name] += len(rows) * sheet.step
            if rows:
                yield name, rows
