"""The diagram in docs/ is the transition table's."""

from django.conf import settings

from claims.diagram import as_markdown, edges
from claims.transitions import Act
from claims.words import Status


def test_the_diagram_in_the_docs_is_up_to_date() -> None:
    drawn = (settings.BASE_DIR / "docs" / "status-diagram.md").read_text(encoding="utf-8")
    assert drawn == as_markdown(), "run manage.py status_diagram"


def test_the_main_road_is_in_the_diagram() -> None:
    found = edges()
    assert Act.START_REVIEW in found[(Status.SUBMITTED, Status.UNDER_REVIEW)]
    assert Act.APPROVE in found[(Status.UNDER_REVIEW, Status.APPROVED)]
    assert Act.RESUBMIT in found[(Status.PARTNER_ACTION_REQUIRED, Status.SUBMITTED)]
    assert Act.EXPIRE_PARTNER_ANSWER in found[(Status.PARTNER_ACTION_REQUIRED, Status.REJECTED)]


def test_nothing_leads_back_to_a_draft_and_every_status_can_be_reached() -> None:
    reached = {after for _before, after in edges()}
    assert Status.EDITING not in reached
    assert reached == set(Status) - {Status.EDITING}
