"""Whatever way people write the day on which they acknowledge the work, it is found as that day."""

from collections.abc import Callable
from datetime import date, timedelta

from babel.dates import format_date
from hypothesis import example, given
from hypothesis import strategies as st

from claims.proof.checker import Found, PageText, findings_in
from claims.proof.words import Element, Verdict
from tests.proofs.facts import SUBMITTED_ON, claim_of

ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
YEAR_BEFORE = date(2025, 11, 20)
Form = Callable[[date], str]


def in_words(pattern: str, locale: str = "en") -> Form:
    """A form as babel writes it."""
    return lambda day: format_date(day, pattern, locale=locale)


def ordinal(day: date) -> str:
    """October 3rd, 2026."""
    ending = {1: "st", 2: "nd", 3: "rd"}.get(day.day % 10, "th") if day.day not in {11, 12, 13} else "th"
    return f"{format_date(day, 'MMMM', locale='en')} {day.day}{ending}, {day.year}"


ENGLISH: dict[str, Form] = {
    "3 October 2026": in_words("d MMMM y"),
    "October 3, 2026": in_words("MMMM d, y"),
    "October 3rd, 2026": ordinal,
    "Saturday, October 3, 2026": in_words("EEEE, MMMM d, y"),
    "3 Oct 26": in_words("d MMM yy"),
    "03-Oct-2026": in_words("dd-MMM-y"),
    "OCT 3, 2026": lambda day: format_date(day, "MMM d, y", locale="en").upper(),
    "3. October 2026": in_words("d. MMMM y"),
    "2026-10-03": date.isoformat,
    "2026/10/03": in_words("y/MM/dd"),
    "03.10.2026": in_words("dd.MM.y"),
    "3.10.2026": in_words("d.M.y"),
}
HUNGARIAN: dict[str, Form] = {
    "2026. október 3.": in_words("y. MMMM d.", "hu"),
    "2026. október 3": in_words("y. MMMM d", "hu"),
    "2026 október 3.": in_words("y MMMM d.", "hu"),
    "2026. okt. 3.": in_words("y. MMM d.", "hu"),
    "2026. 10. 03.": in_words("y. MM. dd."),
    "2026.10.03.": in_words("y.MM.dd."),
    "2026.10.03": in_words("y.MM.dd"),
    "2026. X. 3.": lambda day: f"{day.year}. {ROMAN[day.month - 1]}. {day.day}.",
    "2026. OKTÓBER 3.": lambda day: format_date(day, "y. MMMM d.", locale="hu").upper(),
}
days = st.dates(YEAR_BEFORE, SUBMITTED_ON)


def dates_in(page: str) -> list[tuple[Verdict, date | None]]:
    """The dates found on that page, and what is made of them."""
    found: list[Found] = findings_in([PageText(1, page)], claim_of("contoso", "exchange"))
    return [(finding.verdict, finding.on) for finding in found if finding.element == Element.DATE]


def signed(written: str) -> str:
    """The foot of an English acknowledgement."""
    return f"The customer accepts the work of the partner.\nSignature: /s/ Jane Doe\nDate: {written}\nContoso Ltd"


def alairt(written: str) -> str:
    """The foot of a Hungarian one."""
    return f"A megrendelő a munkát elfogadja.\nKelt: Budapest, {written}\nAláírás: Kovács Anna s. k.\nContoso Ltd"


@given(days, st.sampled_from(sorted(ENGLISH)))
@example(YEAR_BEFORE, "3 October 2026")
@example(SUBMITTED_ON, "03.10.2026")
def test_a_day_in_any_english_form_is_found_as_that_day(day: date, form: str) -> None:
    assert dates_in(signed(ENGLISH[form](day))) == [(Verdict.HOLDS, day)]


@given(days, st.sampled_from(sorted(HUNGARIAN)))
@example(YEAR_BEFORE, "2026. X. 3.")
@example(SUBMITTED_ON, "2026. október 3.")
def test_a_day_in_any_hungarian_form_is_found_as_that_day(day: date, form: str) -> None:
    assert dates_in(alairt(HUNGARIAN[form](day))) == [(Verdict.HOLDS, day)]


@given(days)
def test_a_day_between_slashes_is_found_in_one_of_its_readings(day: date) -> None:
    [(verdict, found)] = dates_in(signed(format_date(day, "MM/dd/y", locale="en")))
    assert found in {day, date(day.year, day.day, day.month) if day.day <= 12 else day}
    # Of two readings the one that lies after the submission is never chosen: people acknowledge what was done.
    assert verdict != Verdict.FUTURE


@given(st.integers(1, 400), st.sampled_from(sorted(ENGLISH)))
def test_a_day_after_the_submission_is_in_the_future(days_later: int, form: str) -> None:
    day = SUBMITTED_ON + timedelta(days=days_later)
    assert dates_in(signed(ENGLISH[form](day))) == [(Verdict.FUTURE, day)]


@given(st.integers(1, 1500), st.sampled_from(sorted(HUNGARIAN)))
def test_a_day_more_than_twelve_months_before_is_old(days_earlier: int, form: str) -> None:
    day = YEAR_BEFORE - timedelta(days=days_earlier)
    assert dates_in(alairt(HUNGARIAN[form](day))) == [(Verdict.OLD, day)]
