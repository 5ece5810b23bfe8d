"""One form for each act of a reviewer or arbiter on a claim."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from crispy_forms.bootstrap import StrictButton
from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Field, Layout
from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from arbitration.assignees import Assignee, assignees
from arbitration.cells import Ticks, named
from arbitration.drafting import draft
from arbitration.forms.fields import Codes, Explained, Lines, Words
from claims.models import Claim, ClaimLine
from claims.proof.matrix import CellView, MatrixView
from claims.proof.words import REASON_OF
from claims.transitions import BY_ACT, Act
from claims.words import REVIEWER_REASONS, Audience, Outcome
from cpor_portal.faults import Refused


class ActForm(forms.Form):
    """A form that leads to one act on a claim. It carries the version of the claim that its reader saw."""

    # In an own template because crispy's boxes have no room for a text beside each.
    boxes: ClassVar[str] = "arbitration/parts/boxes.html"
    path: ClassVar[str]
    title: ClassVar[Words] = ""
    button: ClassVar[Words]
    button_class: ClassVar[str] = "btn-primary"
    names: ClassVar[tuple[str, ...]] = ()
    advice: ClassVar[Words] = ""
    """What one should know before pressing the button."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, claim: Claim, lines: Iterable[ClaimLine], data: Mapping[str, Any] | None = None) -> None:
        # Several of these stand on one page, and the same names in each: the ids keep them apart.
        super().__init__(data, auto_id=f"{self.path}_%s", label_suffix="", initial={"version": claim.version})
        self.claim = claim
        self.claim_lines = list(lines)
        self.prepare()
        self.helper = self._helper()

    def prepare(self) -> None:
        """Fills in the choices that depend on the claim."""

    def arguments(self) -> dict[str, Any]:
        """What was sent, named as the act's parameters."""
        names = {"lines": "line_ids", "reviewer": "reviewer_email"}
        return {names.get(name, name): value for name, value in self.cleaned_data.items()}

    def refuse(self, fault: Refused) -> None:
        """Show what the act refused, at its field, with its code."""
        field = fault.field if fault.field in self.fields else None
        self.add_error(field, ValidationError(str(fault.text), code=fault.code))

    def _helper(self) -> FormHelper:
        helper = FormHelper(self)
        helper.form_action = reverse(f"arbitration:{self.path}", kwargs={"reference": self.claim.reference})
        helper.attrs = {"novalidate": ""}
        helper.include_media = False
        submit = StrictButton(str(self.button), type="submit", css_class=self.button_class)
        hidden = ["version"] if "version" in self.fields else []
        helper.layout = Layout(*hidden, *self.laid_out(), submit)
        return helper

    def laid_out(self) -> list[Any]:
        """The fields below the hidden ones, in order."""
        return list(self.names)

    def offer_lines(self, act: Act) -> None:
        """Offer the lines that the table lets `act` touch, and show those in a contest beside them."""
        takes = BY_ACT[act].takes
        shown = [line for line in self.claim_lines if line.outcome in takes | {Outcome.CONTESTED}]
        closed = {str(line.pk) for line in shown if line.outcome not in takes}
        note = _("Cannot be approved before arbitration; the other products can.")
        field = self.fields["lines"]
        field.widget = Explained(dict.fromkeys(closed, note), closed)
        field.choices = [(line.pk, line.product.name) for line in shown]  # type: ignore[attr-defined]


class StartForm(ActForm):
    """Begins the review of this round."""

    path = "start"
    button = _("Start the review")


class ApproveForm(ActForm):
    """Which products become associated."""

    path = "approve"
    title = _("Approve")
    button = _("Approve")

    lines = Lines(
        label=_("Products"),
        coerce=int,
        required=False,
        help_text=_("Where none is chosen, all that are pending are approved."),
    )
    despite_facts = forms.BooleanField(
        label=_("Approve although not every fact holds"),
        required=False,
        help_text=_("The history will say so, with the facts that did not hold."),
    )
    despite_cells = forms.BooleanField(
        label=_("Approve although cells of the proof matrix are ticked as missing"),
        required=False,
        help_text=_("The history will say so, with the cells."),
    )
    confirmations: frozenset[str] = frozenset()

    def prepare(self) -> None:
        """All that can be approved is chosen to begin with."""
        self.offer_lines(Act.APPROVE)
        takes = BY_ACT[Act.APPROVE].takes
        self.initial["lines"] = [line.pk for line in self.claim_lines if line.outcome in takes]

    def laid_out(self) -> list[Any]:
        """The products; the confirmation only where there is something to confirm."""
        return [Field("lines", template=self.boxes), *sorted(self.confirmations)]

    def offer(self, confirmation: str) -> None:
        """Let the reader approve knowingly: a fact does not hold, or cells were ticked as missing."""
        self.confirmations |= {confirmation}
        self.helper = self._helper()

    def refuse(self, fault: Refused) -> None:
        """Show what was refused; the confirmation comes with the refusal that asks for it."""
        if fault.field in ("despite_facts", "despite_cells"):
            self.offer(fault.field)
        super().refuse(fault)


class CellsForm(ActForm):
    """Ticks cells of the proof matrix: held or missing. The template draws the choices in the matrix itself."""

    path = "check_cells"
    button = _("Store the ticks")

    held = Codes(required=False)
    missing = Codes(required=False)
    all = forms.BooleanField(required=False)


@dataclass(frozen=True)
class CellRow:
    """One product whose cells can be named, as the template draws it: each cell with the reason that it brings."""

    line: ClaimLine
    cells: list[tuple[CellView, str]]


class ReasonsForm(ActForm):
    """Cells, reasons and a text that the partner reads; about all products that are undecided, or about those named."""

    act: ClassVar[Act]
    text_help: ClassVar[Words]

    cells = Codes(
        label=_("Cells of the proof matrix that do not hold"),
        required=False,
        help_text=_(
            "A cell brings its reason along. A reason about the proof without a cell means its whole column, for the"
            " products that you choose."
        ),
    )
    reasons = Codes(label=_("Reasons"), required=False)
    text = forms.CharField(
        label=_("Text for the partner"), required=False, strip=False, widget=forms.Textarea(attrs={"rows": 10})
    )
    lines = Lines(
        label=_("Products"),
        coerce=int,
        required=False,
        help_text=_("Where none is chosen, all that are undecided are meant."),
    )
    cell_rows: Sequence[CellRow] = ()

    def prepare(self) -> None:
        """The reasons that a reviewer can give, and the products that can be touched."""
        reasons = self.fields["reasons"]
        reasons.widget = Explained({})
        reasons.choices = [(str(reason.value), reason.label) for reason in REVIEWER_REASONS]  # type: ignore[attr-defined]
        self.fields["text"].help_text = str(self.text_help)
        self.offer_lines(self.act)

    def laid_out(self) -> list[Any]:
        """Cells, reasons, text with the button that drafts it, products."""
        write = HTML('{% include "arbitration/parts/write_draft.html" %}')
        boxes = {name: Field(name, template=self.boxes) for name in ("reasons", "lines")}
        cells = Field("cells", template="arbitration/parts/cell_boxes.html")
        return [cells, boxes["reasons"], write, "text", boxes["lines"]]

    def offer_cells(self, matrix: MatrixView, ticks: Ticks) -> None:
        """Offer the cells of the products that can be touched; what was ticked as missing is filled in and drafted."""
        takes = BY_ACT[self.act].takes
        rows = [row for row in matrix.rows if row.line.outcome in takes]
        self.cell_rows = [CellRow(row.line, _with_reasons(row.cells)) for row in rows]
        missing = [cell for row in rows for cell in row.cells if cell.key in ticks.missing]
        if missing and not self.is_bound:
            self._fill_in([row.line for row in rows], matrix, missing)

    def _fill_in(self, lines: Sequence[ClaimLine], matrix: MatrixView, missing: Sequence[CellView]) -> None:
        keys = [cell.key for cell in missing]
        reasons, cells = named(matrix, lines, (), keys)
        text = draft(self.claim, cells, reasons, product_count=len(lines))
        concerned = {cell.line_id for cell in missing}
        chosen = [line.pk for line in lines if line.pk in concerned]
        self.fields["text"].widget.attrs["data-drafted"] = ""
        self.initial.update({"cells": keys, "reasons": reasons, "lines": chosen, "text": text})

    def drafted(self, matrix: MatrixView) -> "ReasonsForm":
        """This form, which must be valid, with the reasons of its cells and a text written from both in it.

        All else stays as it was sent. Raises Refused as the act would for its cells, and where nothing is chosen.
        """
        takes, given = BY_ACT[self.act].takes, self.cleaned_data
        open_lines = [line for line in self.claim_lines if line.outcome in takes]
        lines = [line for line in open_lines if not given["lines"] or line.pk in given["lines"]]
        reasons, cells = named(matrix, lines, given["reasons"], given["cells"])
        text = draft(self.claim, cells, reasons, product_count=len(open_lines))
        if not text:
            raise Refused("reasons_required", _("Choose at least one cell or reason to write about."), field="reasons")
        data = MultiValueDict({name: self.data.getlist(name) for name in self.data})  # type: ignore[attr-defined]
        data.setlist("reasons", reasons)
        data["text"] = text
        written = type(self)(self.claim, self.claim_lines, data)
        written.fields["text"].widget.attrs["data-drafted"] = ""
        return written


def _with_reasons(cells: Iterable[CellView]) -> list[tuple[CellView, str]]:
    return [(cell, str(REASON_OF[cell.column].value)) for cell in cells if cell.is_needed]


class AskForm(ReasonsForm):
    """Asks the partner for information."""

    path = "request_information"
    title = _("Ask for information")
    act = Act.REQUEST_INFORMATION
    button = _("Ask the partner")
    advice = _("While the partner owes an answer, nothing else on this claim can be decided.")
    text_help = _(
        "The partner reads this with the reasons, in the comments and in a mail. Say what would make the claim"
        " acceptable."
    )


class RejectForm(ReasonsForm):
    """Rejects products."""

    path = "reject"
    title = _("Reject")
    act = Act.REJECT
    button = _("Reject")
    button_class = "btn-danger"
    text_help = _(
        "The partner reads this with the reasons, in the comments and in a mail. It cannot be changed afterwards."
    )


class CommentForm(ActForm):
    """Something said to the partner, or among reviewers. Who reads it is never chosen by default."""

    path = "comment"
    button = _("Write the comment")
    button_class = "btn-quiet"
    names = ("body", "audience")

    body = forms.CharField(label=_("Comment"), required=False, strip=False, widget=forms.Textarea(attrs={"rows": 4}))
    audience = forms.CharField(label=_("Who is to read it?"), required=False)

    def prepare(self) -> None:
        """The two audiences as radio buttons; the act judges what was sent. A comment does not hang on a version."""
        del self.fields["version"]
        self.fields["audience"].widget = forms.RadioSelect(choices=Audience.choices)


class AssignForm(ActForm):
    """Gives the claim to a reviewer. For arbiters."""

    path = "assign"
    title = _("Assign")
    button = _("Assign")
    button_class = "btn-quiet"
    names = ("reviewer", "note")

    reviewer = forms.CharField(label=_("Reviewer"), required=False, max_length=254)
    note = forms.CharField(
        label=_("Note (optional)"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Reviewers read it as an internal comment, and the new reviewer in the mail."),
    )

    def prepare(self) -> None:
        """Everybody but whoever has the claim already; the act judges what was sent."""
        offered = [one for one in assignees() if one.person.pk != self.claim.reviewer_id]
        choose = pgettext_lazy("assign a claim", "Choose a person")
        self.fields["reviewer"].widget = forms.Select(
            choices=[("", choose), *((one.person.email, _with_load(one)) for one in offered)]
        )


def _with_load(one: Assignee) -> str:
    words = ngettext("%(name)s (%(count)d open claim)", "%(name)s (%(count)d open claims)", one.open_claims)
    return words % {"name": one.person, "count": one.open_claims}


ACT_FORMS: dict[Act, type[ActForm]] = {
    Act.START_REVIEW: StartForm,
    Act.APPROVE: ApproveForm,
    Act.REQUEST_INFORMATION: AskForm,
    Act.REJECT: RejectForm,
    Act.ASSIGN: AssignForm,
    Act.COMMENT: CommentForm,
}
