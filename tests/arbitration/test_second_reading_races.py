"""Second readers at the same moment, on real PostgreSQL."""

from functools import partial
from typing import Any

import pytest

from arbitration.acts.approve import approve
from arbitration.models import SecondReading
from arbitration.second_reading.acts import take_next
from tests.support.factories import make_staff
from tests.support.stories import make_under_review
from tests.support.together import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres_only]


@pytest.fixture
def sampled(settings: Any) -> list[SecondReading]:
    """Three rounds that wait to be read again."""
    settings.SECOND_READING_SHARE = 100
    first = make_staff()
    for _number in range(3):
        approve(reference=make_under_review(first).reference, by=first)
    return list(SecondReading.objects.all())


def test_no_two_readers_get_the_same_round_and_none_is_passed_over(
    sampled: list[SecondReading], pytestconfig: pytest.Config
) -> None:
    readers = [make_staff() for _number in range(5)]
    for _time in range(50 if pytestconfig.getoption("--long") else 8):
        SecondReading.objects.update(reader=None, taken_at=None)
        got = at_once(*(partial(take_next, by=reader) for reader in readers))
        taken = [reading.pk for reading in got if reading is not None]
        assert len(taken) == len(set(taken))
        # Who came while a colleague's row was locked passed it over; nothing is left to whoever comes after that.
        taken += [reading.pk for reading in (take_next(by=one) for one in readers) if reading is not None]
        assert set(taken) == {reading.pk for reading in sampled}


def test_two_presses_of_one_button_give_one_reading(sampled: list[SecondReading]) -> None:
    reader = make_staff()
    one, other = at_once(partial(take_next, by=reader), partial(take_next, by=reader))
    assert one == other
    assert SecondReading.objects.filter(reader=reader).count() == 1
