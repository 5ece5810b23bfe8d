"""The calendars' exceptions in Django's admin: the one table that portal admins keep by hand.

Why only days from tomorrow on: docs/decisions/calendar-exceptions.md.
"""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cpor_portal.accounts.admin_base import PlacesForm
from cpor_portal.accounts.admin_log import LoggedAdmin
from cpor_portal.accounts.calendars import has_begun, is_worked_anyway
from cpor_portal.accounts.models import CalendarException, DayKind, PartnerFirm


class ExceptionForm(PlacesForm[CalendarException]):
    """One day of one calendar. Whatever is wrong is said at the field that can put it right."""

    # An id to type, not a list to pick from: there are thousands of firms, and scripts may be switched off.
    firm = forms.ModelChoiceField(
        queryset=PartnerFirm.objects.all(),
        to_field_name="global_id",
        required=False,
        label=gettext_lazy("Firm (global MPN ID)"),
        help_text=gettext_lazy("For one firm’s own calendar."),
        widget=forms.TextInput,
        error_messages={"invalid_choice": gettext_lazy("No firm has this global MPN ID.")},
    )

    class Meta:
        model = CalendarException
        fields = ("firm", "country", "day", "kind", "reason")
        # The browser's own field: the admin's offers "today", which is refused.
        widgets = {"day": forms.DateInput({"type": "date"}, format="%Y-%m-%d")}
        help_texts = {
            "country": gettext_lazy(
                "For everybody in a country, for example HU. Leave firm and country empty for the review site."
            ),
            "reason": gettext_lazy(
                "Why, and by which law or whose decision. Everybody whose calendar it is reads it on the page Calendar:"
                " the people of the firm, or of all firms in the country. Only of the review site’s days it stays among"
                " portal admins."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["firm"] = self.instance.firm  # the field shows its id, where Django would give a row number

    def clean_country(self) -> str:
        """An ISO 3166-1 code whose public holidays are known, or empty."""
        return super().clean_country() if self.cleaned_data["country"] else ""

    def clean(self) -> dict[str, Any] | None:
        """What can only be told from several fields together; asked once each of them is right."""
        cleaned = super().clean()
        if not self.errors:
            self._check(CalendarException(pk=self.instance.pk, **self.cleaned_data))
        return cleaned

    def _check(self, wanted: CalendarException) -> None:
        if wanted.firm and wanted.country:
            self.add_error("country", ValidationError(_("Choose a firm or a country, not both."), code="both"))
        elif fault := next(_faults(wanted), None):
            self.add_error("day", fault)


def _faults(wanted: CalendarException) -> Iterator[ValidationError]:
    """What is wrong with the day, the weightiest first."""
    if has_begun(wanted):
        text = _("This day is past or has begun. What was counted stays: choose a day from tomorrow on.")
        yield ValidationError(text, code="begun")
    if _same_day(wanted):
        text = _("This calendar has an exception for this day already. Change or remove that one.")
        yield ValidationError(text, code="twice")
    worked = is_worked_anyway(wanted)
    if worked and wanted.kind == DayKind.WORKED:
        yield ValidationError(_("This day is a business day already: nothing would change."), code="worked_anyway")
    if not worked and wanted.kind == DayKind.CLOSED:
        yield ValidationError(_("This day is a day off already: nothing would change."), code="closed_anyway")


def _same_day(wanted: CalendarException) -> bool:
    same = CalendarException.objects.filter(firm=wanted.firm, country=wanted.country, day=wanted.day)
    return same.exclude(pk=wanted.pk).exists()


class WhoseCalendar(admin.SimpleListFilter):
    """Narrows the list to the exceptions of firms, of countries, or of the review site."""

    title = gettext_lazy("calendar of")
    parameter_name = "whose"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The three kinds of calendar."""
        return [("firm", _("A firm")), ("country", _("A country")), ("review_site", _("The review site"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[CalendarException]) -> QuerySet[CalendarException]:
        """The exceptions of the kind that was chosen."""
        kinds = {
            "firm": Q(firm__isnull=False),
            "country": Q(firm__isnull=True) & ~Q(country=""),
            "review_site": Q(firm__isnull=True, country=""),
        }
        return queryset.filter(kinds[value]) if (value := self.value()) in kinds else queryset


@admin.register(CalendarException)
class CalendarExceptionAdmin(LoggedAdmin[CalendarException]):
    """Days that depart from a country's public holidays, until the day before; later they are only seen.

    Every change is in Django's own log, with the values before and after it (`admin_log`).
    """

    form = ExceptionForm
    list_display = ("day", "kind", "whose", "reason", "entered_at")
    list_filter = (WhoseCalendar, "kind", "country")
    list_select_related = ("firm",)
    list_per_page = 50
    show_full_result_count = False
    search_fields = ("firm__name", "firm__global_id", "country", "reason")
    date_hierarchy = "day"
    ordering = ("-day", "id")
    actions = None  # many at once could not say which of them are past

    @admin.display(description=gettext_lazy("calendar of"))
    def whose(self, exception: CalendarException) -> str:
        """The firm, the country, or the review site."""
        return str(exception.firm) if exception.firm else exception.country or _("The review site")

    def has_change_permission(self, request: HttpRequest, obj: CalendarException | None = None) -> bool:
        """Portal admins, before the day begins."""
        return super().has_change_permission(request, obj) and not (obj and has_begun(obj))

    def has_delete_permission(self, request: HttpRequest, obj: CalendarException | None = None) -> bool:
        """Portal admins, before the day begins."""
        return super().has_delete_permission(request, obj) and not (obj and has_begun(obj))

    def get_fieldsets(self, request: HttpRequest, obj: CalendarException | None = None) -> Any:
        """Above the fields stands what an exception does, or why this one can not be changed any more."""
        text = _("An exception counts for deadlines that begin after it was entered. Running deadlines do not move.")
        if obj and has_begun(obj):
            text = _("This day is past or has begun. What was counted stays, so it can not be changed or removed.")
        return [(None, {"fields": self.get_fields(request, obj), "description": text})]

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The page; whoever was second to enter the same day at the same moment gets the form back and is told."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except IntegrityError:
            return super().changeform_view(request, *args, **kwargs)
