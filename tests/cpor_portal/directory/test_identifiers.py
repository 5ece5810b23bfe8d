"""What people type or paste, read: decision tables, and what holds for any text at all."""

import csv
import re
import time
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cpor_portal.directory.identifiers import (
    Domain,
    LooksLike,
    Malformed,
    MalformedCode,
    kind_of_text,
    read_domain,
    read_mpn_id,
    read_subscription_id,
    read_tenant_id,
)

TABLES = Path(__file__).parents[2] / "decision_tables"
Reader = Callable[[str], uuid.UUID | str | Domain]
READERS: dict[str, Reader] = {
    "tenant_ids": read_tenant_id,
    "domains": read_domain,
    "mpn_ids": read_mpn_id,
    "subscription_ids": read_subscription_id,
}
CODES = {
    "tenant_ids": MalformedCode.TENANT_ID,
    "domains": MalformedCode.DOMAIN,
    "mpn_ids": MalformedCode.MPN_ID,
    "subscription_ids": MalformedCode.SUBSCRIPTION_ID,
}
ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}


def _unescaped(text: str) -> str:
    r"""The tables write invisible characters as \u00a0, \n, \r and \t; other backslashes are meant."""
    return re.sub(
        r"\\(?:u([0-9a-f]{4})|([nrt]))",
        lambda match: chr(int(match[1], 16)) if match[1] else ESCAPES[match[2]],
        text,
    )


def _rows() -> list[tuple[str, str, str, str]]:
    rows = []
    for table in READERS:
        with (TABLES / f"{table}.csv").open(encoding="utf-8", newline="") as file:
            rows += [(table, row["input"], row["expected"], row["note"]) for row in csv.DictReader(file)]
    return rows


def _outcome(reader: Reader, text: str) -> str:
    try:
        return str(reader(text))
    except Malformed as fault:
        return f"{fault.code}/{fault.looks_like}"


@pytest.mark.parametrize(("table", "typed", "expected", "note"), _rows(), ids=lambda value: str(value)[:60])
def test_every_spelling_of_the_tables_is_read_as_they_say(table: str, typed: str, expected: str, note: str) -> None:
    assert _outcome(READERS[table], _unescaped(typed)) == expected, note


DECORATIONS = [
    "{}",
    "{{{}}}",
    "({})",
    "[{}]",
    "urn:uuid:{}",
    "'{}'",
    '"{}"',
    "“{}”",
    "„{}”",
    "«{}»",
    "  {}\t",
    "\u00a0{}\u202f",
    "\u200b{}\ufeff",
    "{}\r\n",
    "{},",
    "%7B{}%7D",
    "%257B{}%257D",
]
TENANT_PLACES = [
    "https://portal.azure.com/{}",
    "https://portal.azure.com/#@{}/home",
    "https://login.microsoftonline.com/{}/oauth2/v2.0/authorize?client_id=11111111-2222-4333-8444-555555555555",
    "https://sts.windows.net/{}/",
    "https://admin.microsoft.com/Partner/BeginClientSession.aspx?CTID={}&CSDEST=x",
    "https://entra.microsoft.com/?x=1&tenantId={}",
    "https://partner.microsoft.com/customers/{}/subscriptions/11111111-2222-4333-8444-555555555555",
    "Tenant ID: {}",
]
SUBSCRIPTION_PLACES = [
    "/subscriptions/{}",
    "https://portal.azure.com/#@11111111-2222-4333-8444-555555555555/resource/subscriptions/{}/overview",
    "https://admin.microsoft.com/?subscriptionId={}&tid=11111111-2222-4333-8444-555555555555",
    "https://admin.microsoft.com/Adminportal/Home#/subscriptions/webdirect/{}",
    "Subscription ID: {}",
]
SPELLINGS: list[Callable[[uuid.UUID], str]] = [
    str,
    lambda guid: str(guid).upper(),
    lambda guid: guid.hex,
    lambda guid: str(guid).replace("-", "\u2011"),
]
BROKEN_SPELLINGS: list[Callable[[uuid.UUID], str]] = [
    *SPELLINGS,
    lambda guid: str(guid)[:20] + "\r\n" + str(guid)[20:],
    lambda guid: "\u200b".join(str(guid)),
    lambda guid: " ".join(str(guid)),
]
guids = st.uuids(allow_nil=False).filter(lambda guid: str(guid) != "11111111-2222-4333-8444-555555555555")


@settings(deadline=None)
@given(guids, st.sampled_from(DECORATIONS), st.sampled_from(BROKEN_SPELLINGS))
def test_any_guid_is_read_back_from_any_decoration(
    guid: uuid.UUID, decoration: str, spell: Callable[[uuid.UUID], str]
) -> None:
    typed = decoration.format(spell(guid))
    assert read_tenant_id(typed) == guid
    assert read_subscription_id(typed) == guid


@settings(deadline=None)
@given(guids, st.sampled_from(TENANT_PLACES), st.sampled_from(SPELLINGS))
def test_any_tenant_id_is_found_where_links_carry_it(
    guid: uuid.UUID, place: str, spell: Callable[[uuid.UUID], str]
) -> None:
    assert read_tenant_id(place.format(spell(guid))) == guid


@settings(deadline=None)
@given(guids, st.sampled_from(SUBSCRIPTION_PLACES), st.sampled_from(SPELLINGS))
def test_any_subscription_id_is_found_where_links_carry_it(
    guid: uuid.UUID, place: str, spell: Callable[[uuid.UUID], str]
) -> None:
    assert read_subscription_id(place.format(spell(guid))) == guid


# Arbitrary text hardly ever looks like an id; text built from the pieces of ids, domains and links does.
PIECES = """
contoso www mail onmicrosoft sharepoint partner onmschina com cn us -my . .. 。 - -- _ @ / // :// https : :443
? # #@ & = \\ tenantId subscriptions MPN PLA- 1234567 0 12 %2e xn-- xn--bcher-kva bücher ß א ℀ ﷺ < > { }
login.microsoftonline.com 3f2504e0-4f89-41d3-9a0c-0305e82c3301 3f2504e0 00000000-0000-0000-0000-000000000000
"""
pieces = st.sampled_from([*PIECES.split(), " ", "\n", "\u00a0", "\u200c", "\u200b", "\ud800"])
any_text = st.one_of(
    st.text(st.characters(), max_size=300),
    st.lists(pieces, max_size=14).map("".join),
    st.lists(st.one_of(pieces, st.text(st.characters(), max_size=3)), max_size=14).map("".join),
)


@pytest.mark.parametrize("table", READERS)
@settings(deadline=None)
@given(text=any_text)
def test_whatever_is_typed_is_read_or_malformed_and_reading_again_changes_nothing(table: str, text: str) -> None:
    # Anything but Malformed would come out of _outcome and fail the test.
    outcome = _outcome(READERS[table], text)
    code, _, looks_like = outcome.partition("/")
    if looks_like:
        assert code == CODES[table]
        assert looks_like in list(LooksLike)
    else:
        assert _outcome(READERS[table], outcome) == outcome


@settings(deadline=None)
@given(any_text)
def test_the_way_people_write_a_domain_reads_as_the_same_domain(text: str) -> None:
    try:
        domain = read_domain(text)
    except Malformed:
        return
    assert domain.name.isascii()
    assert domain.name == domain.name.lower()
    assert read_domain(domain.display) == domain


def test_an_internationalised_domain_is_shown_as_people_write_it() -> None:
    assert read_domain("XN--BCHER-KVA.example") == Domain("xn--bcher-kva.example", "bücher.example")


def test_an_e_mail_address_is_recognised_at_any_step() -> None:
    assert kind_of_text(" Anna <anna@contoso.com> ") is LooksLike.EMAIL


@pytest.mark.parametrize("reader", READERS.values(), ids=READERS.keys())
def test_more_than_two_thousand_characters_are_refused(reader: Reader) -> None:
    padding = " " * 2_000
    good = {"tenant_ids": str(uuid.uuid4()), "domains": "contoso.com", "mpn_ids": "1234567"}
    for value in good.values():
        with pytest.raises(Malformed) as refusal:
            reader(padding + value)
        assert refusal.value.looks_like is LooksLike.TEXT


HOSTILE = [
    "id ",
    "id",
    "mpn:",
    "1 ",
    " ",
    "a.",
    "a@",
    "<",
    "-",
    "a-",
    "%25",
    "ﷺ",
    "\n>",
    "é.",
    "tid=",
    "9",
    "xn--",
    "://",
]


@pytest.mark.parametrize("unit", HOSTILE)
def test_hostile_text_of_full_length_is_refused_at_once(unit: str) -> None:
    text = (unit * 2_000)[:1_999] + "!"
    started = time.perf_counter()
    for reader in READERS.values():
        with pytest.raises(Malformed):
            reader(text)
    assert time.perf_counter() - started < 2
