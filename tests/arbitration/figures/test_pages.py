"""The page of the figures and its exports: for arbiters alone, the same numbers everywhere, no formula from anybody."""

import csv
import re
from io import BytesIO, StringIO

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from arbitration.figures.charts import chart_of
from arbitration.figures.export import as_csv, as_workbook, harmless
from arbitration.figures.tables import Column, Kind, Row, Table, Value, written
from cpor_portal.accounts.models import PartnerRole, StaffRole, User
from tests.arbitration.figures.telling import approved, clock_at, counted, submitted
from tests.support.factories import make_person, make_staff
from tests.support.stories import make_side

pytestmark = pytest.mark.django_db
PAGES = ["figures", "figures_csv", "figures_xlsx"]
CODES = [
    "open",
    "due",
    "timing",
    "breaches",
    "decisions",
    "reasons",
    "load",
    "reviewers",
    "second_readings",
    "disagreements",
]
HOSTILE = ["=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1", "\n@x"]


def client_of(person: User) -> Client:
    """Signed in."""
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def arbiter() -> Client:
    return client_of(make_staff(StaffRole.ARBITER, name="Ada"))


def address(name: str, query: str = "") -> str:
    """The address of the page or of an export."""
    return reverse(f"arbitration:{name}") + query


# --- Who reads it ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PAGES)
def test_for_everybody_but_arbiters_there_are_no_figures(name: str) -> None:
    firm = make_side().firm
    people = [make_person(firm, role) for role in PartnerRole]
    people += [make_staff(StaffRole.REVIEWER), make_staff(StaffRole.PORTAL_ADMIN)]
    assert {client_of(person).get(address(name)).status_code for person in people} == {404}


@pytest.mark.parametrize("name", PAGES)
def test_figures_are_only_read(name: str, arbiter: Client) -> None:
    assert arbiter.get(address(name)).status_code == 200
    assert arbiter.post(address(name)).status_code == 405


def test_only_an_arbiter_finds_the_way_there(arbiter: Client) -> None:
    way = f'href="{address("figures")}"'
    assert way in arbiter.get(reverse("arbitration:queue")).content.decode()
    assert way not in client_of(make_staff()).get(reverse("arbitration:queue")).content.decode()


# --- The time that is asked about --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("?from=2026-11-20&to=2026-11-01", "wrong_order"),
        ("?from=yesterday", "invalid"),
        ("?from=2026-12-24", "not_yet"),
        ("?from=2000-01-01", "too_long"),
        ("?from=1999-12-31&to=2000-01-31", "too_early"),
        ("?to=0001-01-01", "too_early"),
        ("?by=day", "invalid_choice"),
    ],
)
def test_a_time_that_makes_no_sense_is_said_at_its_field(query: str, code: str, arbiter: Client) -> None:
    with clock_at("2026-11-22 12:00"):
        for name in PAGES:
            answer = arbiter.get(address(name, query))
            assert answer.status_code == 422
            assert f'data-code="{code}"' in answer.content.decode()


def test_without_a_time_there_are_twelve_weeks_up_to_today(arbiter: Client) -> None:
    with clock_at("2026-11-25 23:00"):  # in London it is the 26th already
        page = arbiter.get(address("figures")).content.decode()
        monthly = arbiter.get(address("figures", "?by=month&to=2030-01-01")).content.decode()
    assert 'value="2026-09-07"' in page
    assert 'value="2026-11-25"' in page
    assert page.count(">23 Nov – 25 Nov 2026</th>") == 4
    assert 'value="2025-12-01"' in monthly
    assert monthly.count(">1 Nov – 25 Nov 2026</th>") == 4


# --- The same numbers everywhere ---------------------------------------------------------------------------


def test_page_and_files_say_the_same(arbiter: Client) -> None:
    approved(submitted("2026-11-16 09:00"), make_staff(name="Rita"), "2026-11-19 09:00")
    submitted("2026-11-20 09:00")
    query = "from=2026-11-16&to=2026-11-22&by=week"
    with clock_at("2026-11-22 12:00"):
        page = arbiter.get(address("figures", f"?{query}")).content.decode()
        book = load_workbook(BytesIO(arbiter.get(address("figures_xlsx", f"?{query}")).content))
        files = {code: arbiter.get(address("figures_csv", f"?{query}&table={code}")) for code in CODES}
        tables = counted("2026-11-16", "2026-11-22", now="2026-11-22 12:00").by_code
    assert list(tables) == CODES
    for sheet, (code, table) in zip(book.worksheets, tables.items(), strict=True):
        expected: list[list[Value]] = [[column.label for column in table.columns]]
        expected += [list(row.values) for row in table.rows]
        assert [[cell.value for cell in line] for line in sheet.iter_rows()] == expected
        text = files[code].content.decode("utf-8-sig")
        assert [len(line) for line in csv.reader(StringIO(text))] == [len(line) for line in expected]
        for row in table.shown:
            cells = "".join(f'<td class="number">{cell.text}</td>' for cell in row.others if cell.is_number)
            assert cells in re.sub(r">\s+<", "><", page)
    assert files["timing"]["Content-Disposition"] == ('attachment; filename="figures-timing-2026-11-16-2026-11-22.csv"')


def test_a_chart_has_the_numbers_of_its_table(arbiter: Client) -> None:
    approved(submitted("2026-11-16 09:00"), make_staff(name="Rita"), "2026-11-19 09:00")
    figures = counted("2026-11-16", "2026-11-22", now="2026-11-22 12:00")
    drawn = {code: chart for code, table in figures.by_code.items() if (chart := chart_of(table))}
    assert set(drawn) == {"timing", "decisions", "reviewers"}  # of the others there is nothing to draw
    assert [bar.tells for bar in drawn["decisions"].bars] == ["16 Nov, Approved: 1"]
    assert [bar.tells for bar in drawn["timing"].bars] == ["16 Nov, Median: 3", "16 Nov, 90th percentile: 3"]
    for chart in drawn.values():
        assert all(bar.x >= 0 and bar.x + bar.width <= chart.width for bar in chart.bars)
        assert all(bar.y >= 0 and bar.y + bar.height <= chart.height for bar in chart.bars)


def test_parts_of_a_bar_stand_upon_each_other_as_high_as_they_are_many() -> None:
    columns = [Column("When", Kind.TEXT), Column("A"), Column("B", tone="busy"), Column("All", tone="")]
    chart = chart_of(
        Table("due", "Due", "", columns, [Row(["now", 1, 3, 4], short="now"), Row(["sum", 1, 3, 4], is_sum=True)])
    )
    assert chart is not None
    low, high = chart.bars
    assert high.height == pytest.approx(3 * low.height)
    assert high.y + high.height == pytest.approx(low.y)
    assert [word.text for word in chart.words if word.text == "4"] == ["4", "4"]  # on the scale and above the bar


def test_the_drawings_are_spoken_of_in_words_and_carry_no_style(arbiter: Client) -> None:
    approved(submitted("2026-11-16 09:00"), make_staff(name="Rita"), "2026-11-19 09:00")
    with clock_at("2026-11-22 12:00"):
        page = arbiter.get(address("figures")).content.decode()
        hungarian = arbiter.get(address("figures"), headers={"Accept-Language": "hu"}).content.decode()
    charts = re.findall(r'<svg class="chart" role="img" aria-label="([^"]+)"', page)
    assert len(charts) == len(set(charts)) >= 3
    assert "style=" not in page
    assert not re.search(r'(x|y|width|height)="[0-9]+,', hungarian)


# --- Files -------------------------------------------------------------------------------------------------


def test_a_table_that_there_is_not_is_not_found(arbiter: Client) -> None:
    assert arbiter.get(address("figures_csv", "?table=claims")).status_code == 404
    assert arbiter.get(address("figures_xlsx", "?table=claims")).status_code == 404


def test_without_a_name_the_first_table_comes_as_csv(arbiter: Client) -> None:
    assert "figures-open-" in arbiter.get(address("figures_csv"))["Content-Disposition"]


def test_one_table_makes_a_workbook_of_one_sheet(arbiter: Client) -> None:
    book = load_workbook(BytesIO(arbiter.get(address("figures_xlsx", "?table=load")).content))
    assert [sheet.title for sheet in book.worksheets] == ["Who has how much now"]


def names_table(*names: str) -> Table:
    """A table whose rows somebody else has named."""
    return Table("load", "Names", "", [Column("Name", Kind.TEXT), Column("Count")], [Row([name, 1]) for name in names])


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_becomes_a_formula_in_csv(name: str) -> None:
    text = as_csv(names_table(name)).decode("utf-8-sig")
    assert list(csv.reader(StringIO(text, newline="")))[1] == [f"'{name}", "1"]


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_becomes_a_formula_in_a_workbook(name: str) -> None:
    cell = load_workbook(BytesIO(as_workbook([names_table(name)]))).worksheets[0]["A2"]
    assert (cell.data_type, cell.quotePrefix) == ("s", True)
    assert cell.value.replace("\n", "").strip() == name.replace("\r", "").replace("\n", "").strip()


@pytest.mark.parametrize("name", ["Contoso", "O'Neill", "Zoé – Kft.", "3-2-1 GmbH", "a=b"])
def test_a_usual_name_stays_as_it_is(name: str) -> None:
    assert harmless(name) == name


def test_signs_that_no_workbook_can_hold_are_left_out() -> None:
    sheet = load_workbook(BytesIO(as_workbook([names_table("Con\x0btoso\x00")]))).worksheets[0]
    assert sheet["A2"].value == "Contoso"


def test_a_reviewers_name_comes_harmless_through_the_address(arbiter: Client) -> None:
    make_staff(name="=cmd|' /C calc'!A0")
    text = arbiter.get(address("figures_csv", "?table=load")).content.decode("utf-8-sig")
    assert [line[0] for line in csv.reader(StringIO(text)) if "cmd" in line[0]] == ["'=cmd|' /C calc'!A0"]


def test_numbers_are_rounded_and_never_cut_off() -> None:
    assert written(2 / 3, Kind.SHARE) == "67%"
    assert written(2.96, Kind.RATE) == "3.0"
    assert written(3.0, Kind.DAYS) == "3"
    assert written(2.5, Kind.DAYS) == "2.5"
    assert written(12_345, Kind.COUNT) == "12,345"
    assert written(None, Kind.SHARE) == "–"
