"""Medians, percentiles and shares, against the values written out one by one."""

from statistics import median as of_values

from hypothesis import given
from hypothesis import strategies as st

from arbitration.figures.numbers import added, median, percentile, share, spread

COUNTS = st.dictionaries(st.integers(0, 60), st.integers(1, 9), max_size=12)


def written_out(counts: dict[int, int]) -> list[int]:
    return sorted(value for value, often in counts.items() for _time in range(often))


@given(COUNTS)
def test_the_median_is_that_of_the_values(counts: dict[int, int]) -> None:
    values = written_out(counts)
    assert median(counts) == (of_values(values) if values else None)


@given(COUNTS, st.integers(1, 100))
def test_a_percentile_occurred_and_is_the_smallest_that_so_many_do_not_exceed(
    counts: dict[int, int], percent: int
) -> None:
    values, found = written_out(counts), percentile(counts, percent)
    if found is None:
        assert not values
        return
    reaches = {value: 100 * sum(other <= value for other in values) >= percent * len(values) for value in values}
    assert found == min(value for value, enough in reaches.items() if enough)


def test_nine_of_ten_are_within_the_ninetieth_percentile() -> None:
    assert percentile({1: 9, 30: 1}, 90) == 1
    assert percentile({1: 8, 30: 2}, 90) == 30
    assert percentile({4: 1}, 90) == 4


def test_what_takes_the_whole_limit_is_within_it() -> None:
    lies = spread({4: 1, 5: 2, 6: 1}, limit=5)
    assert (lies.count, lies.within, lies.beyond, lies.median, lies.ninetieth) == (4, 3, 1, 5, 6)


def test_of_nothing_there_is_no_share_and_no_median() -> None:
    assert share(0, 0) is None
    assert share(1, 4) == 0.25
    assert (spread({}, limit=5).median, spread({}, limit=5).ninetieth, spread({}, limit=5).within) == (None, None, 0)


def test_counts_are_added_value_by_value() -> None:
    assert added([{1: 2, 3: 1}, {3: 4}, {}]) == {1: 2, 3: 5}
