"""The form of the proof room: which cells of the matrix the page that is being looked at fills in."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from crispy_forms.layout import Field, Layout
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from claims.models import Finding
from claims.proof.matrix import CellView, ColumnView, names_of
from claims.proof.room import Room
from claims.proof.words import Column, Element, Verdict
from claims.views.forms import ActForm
from cpor_portal.faults import Fault

LONGEST_KEY, MOST_KEYS = 40, 2000


class AnyChoices(forms.MultipleChoiceField):
    """What was ticked, as it was sent: what is not a cell of the claim is refused by the act."""

    def valid_value(self, value: Any) -> bool:
        """Any short text."""
        return len(str(value)) <= LONGEST_KEY


@dataclass(frozen=True)
class Box:
    """One cell to tick."""

    cell: CellView
    is_ticked: bool
    elsewhere: str
    """Where the cell points now, if not to this page; in the active language."""


@dataclass(frozen=True)
class Group:
    """One column with its cells."""

    view: ColumnView
    boxes: list[Box]
    is_whole: bool
    """Whether "all products" was ticked."""

    @property
    def count(self) -> int:
        """How many of its cells are ticked."""
        return sum(box.is_ticked for box in self.boxes)

    @property
    def is_open(self) -> bool:
        """Whether the single products are in sight from the start."""
        return 0 < self.count < len(self.boxes) or any(box.cell.is_asked for box in self.boxes)

    @property
    def elsewhere(self) -> int:
        """How many of its cells are shown by another page: ticking them moves them here."""
        return sum(bool(box.elsewhere) for box in self.boxes)


class PageShowsForm(ActForm):
    """Tick what this page shows, product by product or a whole column; with the day of acknowledgement."""

    document = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    page = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    zoom = forms.CharField(required=False, max_length=4, widget=forms.HiddenInput)
    cells = AnyChoices(label=gettext_lazy("This page shows"), required=False)
    columns = forms.MultipleChoiceField(label=gettext_lazy("All products"), choices=Column.choices, required=False)
    offered = AnyChoices(required=False)
    dated_on = forms.DateField(
        label=gettext_lazy("Date of the acknowledgement"),
        help_text=gettext_lazy("The day on which the customer signed or confirmed it."),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": gettext_lazy("Enter the day as year-month-day, for example 2026-03-31.")},
    )

    def __init__(self, *args: Any, room: Room, **kwargs: Any) -> None:
        self.room = room
        super().__init__(*args, initial=_initial(room), **kwargs)
        hidden = ("version", "seen", "document", "page", "zoom")
        self.helper.layout = Layout(*hidden, Field("cells", template="claims/proof/page_shows.html"))

    @property
    def groups(self) -> list[Group]:
        """The needed cells by column, as they are ticked now."""
        ticked, whole = set(self["cells"].value() or ()), set(self["columns"].value() or ())
        return [
            Group(view, [self._box(cell, ticked) for cell in cells], view.column.value in whole)
            for view in self.room.matrix.columns
            if (cells := [cell for cell in self.room.matrix.cells if cell.column == view.column])
        ]

    @property
    def asked(self) -> list[str]:
        """The cells that Microsoft asked for and nobody has seen to since, in words."""
        return names_of(cell for cell in self.room.matrix.asked if not cell.is_changed)

    def _box(self, cell: CellView, ticked: set[str]) -> Box:
        return Box(cell, cell.key in ticked, "" if _is_here(cell, self.room) else _place(cell, self.room))

    @property
    def keys(self) -> list[str]:
        """The cells that this page shows: those ticked, and every one offered of a column ticked as a whole."""
        sent = self.cleaned_data
        whole = [key for key in sent["offered"] if key.partition(":")[2] in sent["columns"]]
        return list(dict.fromkeys([*sent["cells"], *whole]))

    def refuse(self, fault: Fault) -> None:
        """As every form; a fault of something that nobody typed belongs to no field."""
        field = getattr(fault, "field", "")
        shown = field if field in ("cells", "dated_on") else None
        self.add_error(shown, ValidationError(str(fault.text), code=fault.code))


def _is_here(cell: CellView, room: Room) -> bool:
    """Whether the cell points to the page that is being looked at, or to its document without a page."""
    return cell.document is not None and cell.document == room.document and cell.page in (room.page, None)


def _place(cell: CellView, room: Room) -> str:
    """Where the cell points, as briefly as it can be said from here; in the active language."""
    if cell.document == room.document and cell.page:
        return _("page %(page)d") % {"page": cell.page}
    return cell.place


def _initial(room: Room) -> dict[str, Any]:
    here = [cell for cell in room.matrix.cells if _is_here(cell, room)]
    return {
        "version": room.claim.version,
        "seen": room.seen,
        "document": room.document.pk if room.document else None,
        "page": room.page,
        "zoom": room.zoom,
        "cells": [cell.key for cell in here],
        "dated_on": next((cell.dated_on for cell in here if cell.dated_on), None) or _found_date(room.findings),
    }


def _found_date(findings: list[Finding]) -> date | None:
    """The date of acknowledgement that the portal read on this page."""
    dates = [one.on for one in findings if one.element == Element.DATE and one.verdict == Verdict.HOLDS and one.on]
    return max(dates, default=None)
