"""How often the wizard asks the database: how far a claim has come once for a page, not for each of its parts."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.claims.wizard.driving import sign_in
from tests.support.factories import make_product
from tests.support.stories import make_customer, make_draft, make_side

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_too]


@pytest.mark.parametrize(
    ("step", "most"),
    [("tenant", 8), ("activity", 9), ("mpn", 13), ("products", 14), ("contacts", 8), ("proof", 17), ("check", 34)],
)
def test_a_step_is_shown_with_few_queries(step: str, most: int) -> None:
    side, product = make_side(), make_product()
    person = sign_in(side.person, make_draft(side, make_customer(product), [product]))
    with CaptureQueriesContext(connection) as captured:
        assert person.open(step).status_code == 200
    assert len(captured) <= most, "\n".join(query["sql"] for query in captured.captured_queries)
