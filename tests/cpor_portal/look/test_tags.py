"""The template tags: dates in the reader's zone and language, pills, icons, the error summary."""

import datetime as dt
import re
from zoneinfo import ZoneInfo

import pytest
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone, translation

from claims.words import Outcome, Status
from cpor_portal.look.icons import PATHS
from cpor_portal.look.templatetags import look

END_OF_DAY = dt.datetime(2026, 12, 1, 7, 59, 59, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("language", "zone", "style", "text"),
    [
        ("en", "America/Los_Angeles", "", "Monday 30 November 2026, 23:59 (PST)"),
        ("en", "Europe/Budapest", "", "Tuesday 1 December 2026, 08:59 (CET)"),
        ("en", "Asia/Dubai", "", "Tuesday 1 December 2026, 11:59 (UTC+04:00)"),
        ("en", "America/Los_Angeles", "short", "30 Nov 2026, 23:59 PST"),
        ("hu", "America/Los_Angeles", "", "2026. november 30., hétfő 23:59 (PST)"),
        ("hu", "Europe/Budapest", "short", "2026. 12. 01. 08:59 CET"),
    ],
)
def test_instant_is_written_in_the_readers_zone_and_language(language: str, zone: str, style: str, text: str) -> None:
    with translation.override(language), timezone.override(ZoneInfo(zone)):
        written = look.when(END_OF_DAY, style)
    assert f">{text}</time>" in written


def test_instant_carries_a_date_for_machines() -> None:
    with timezone.override(ZoneInfo("America/Los_Angeles")):
        assert 'datetime="2026-11-30T23:59-08:00"' in look.when(END_OF_DAY)


def test_naive_instant_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="naive"):
        look.when(dt.datetime(2026, 11, 30))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("language", "style", "text"),
    [
        ("en", "", "30 June 2027"),
        ("en", "short", "30 Jun 2027"),
        ("hu", "", "2027. június 30."),
        ("hu", "short", "2027. 06. 30."),
    ],
)
def test_day_is_written_in_the_readers_language(language: str, style: str, text: str) -> None:
    with translation.override(language):
        assert f">{text}</time>" in look.day(dt.date(2027, 6, 30), style)


def test_day_of_an_instant_is_the_readers_day() -> None:
    with timezone.override(ZoneInfo("America/Los_Angeles")), translation.override("en"):
        assert ">30 November 2026</time>" in look.day(END_OF_DAY)


def test_nothing_is_written_for_no_date() -> None:
    assert (look.when(None), look.day(None)) == ("", "")


@pytest.mark.parametrize("status", list(Status))
def test_each_status_has_a_pill_with_its_code(status: Status) -> None:
    expected = f'<span class="pill pill-{status.value}" data-status="{status.value}">{status.label}</span>'
    assert look.status_pill(status) == look.status_pill(status.value) == expected


@pytest.mark.parametrize("outcome", list(Outcome))
def test_each_outcome_has_a_pill_with_its_code(outcome: Outcome) -> None:
    expected = f'<span class="pill pill-{outcome.value}" data-outcome="{outcome.value}">{outcome.label}</span>'
    assert look.outcome_pill(outcome) == look.outcome_pill(outcome.value) == expected


def test_icon_is_decoration_unless_it_is_named() -> None:
    assert 'aria-hidden="true"' in look.icon("lock")
    assert 'role="img" aria-label="Locked"' in look.icon("lock", "Locked")


def test_unknown_icon_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        look.icon("unicorn")


def test_every_icon_that_a_template_names_exists() -> None:
    templates = [path.read_text(encoding="utf-8") for path in (settings.BASE_DIR / "templates").rglob("*.html")]
    named = {name for text in templates for name in re.findall(r'{% icon "([^"]+)"', text)}
    assert named
    assert named <= set(PATHS)


class _Form(forms.Form):
    tenant_id = forms.CharField(label="Tenant ID")
    products = forms.MultipleChoiceField(
        label="Products", choices=[("a", "A"), ("b", "B")], widget=forms.CheckboxSelectMultiple
    )

    def clean_tenant_id(self) -> str:
        raise ValidationError("Too short by one.", code="tenant_id_malformed")

    def clean(self) -> None:
        raise ValidationError("The whole does not hold.", code="whole")


def _summary(form: forms.Form) -> list[dict[str, str]]:
    entries: list[dict[str, str]] = look.error_summary(form)["entries"]
    return entries


def test_summary_leads_from_each_fault_to_its_first_control() -> None:
    entries = {entry["code"]: entry for entry in _summary(_Form({"tenant_id": "x"}))}
    assert entries["tenant_id_malformed"]["target"] == "id_tenant_id"
    assert entries["required"]["target"] == "id_products_0"
    assert entries["whole"]["target"] == ""


def test_summary_names_the_field_where_the_text_does_not() -> None:
    entries = {entry["code"]: entry for entry in _summary(_Form({"tenant_id": "x"}))}
    assert entries["required"]["label"] == "Products"
    assert entries["tenant_id_malformed"]["label"] == ""


def test_form_that_was_not_sent_has_no_summary() -> None:
    assert _summary(_Form()) == []
