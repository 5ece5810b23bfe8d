"""The one form that decides: what becomes of each product, with reasons and a text for each of them.

The contract's doors (`arbitration.forms.doors`) lead to the same act, and come back in this form where it refuses.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, cast

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Div, Field, Layout
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import TextChoices
from django.utils.datastructures import MultiValueDict
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from arbitration.cells import Ticks, keys_in_words, reasons_in_words
from arbitration.drafting import language_of_partner
from arbitration.forms.acts import ActForm
from arbitration.forms.fields import Codes, sent_again
from arbitration.verdicts import ACT_OF, Part, Verdict
from arbitration.wording import Words, is_untouched, reasons_with, words_of
from claims.models import ClaimLine
from claims.proof.matrix import CellView, MatrixView
from claims.proof.words import REASON_OF
from claims.transitions import BY_ACT
from claims.words import REVIEWER_REASONS, Reason
from cpor_portal.faults import Refused

# In the order in which they stand beside a product.
OFFERED = (Verdict.APPROVE, Verdict.ASK, Verdict.REJECT, Verdict.REMOVE)
WORDED = (Verdict.ASK, Verdict.REJECT)
LONGEST_ID = 18


class Then(TextChoices):
    """Where the reader goes when the decision is sent."""

    STAY = "stay", _("Send, and stay with this claim")
    NEXT = "next", _("Send, and take the next claim")
    FOLLOWING = "following", _("Send, and go to the next claim of the filters")


class VerdictField(forms.ChoiceField):
    """What is decided on one product. The template draws the cells of its proof below it."""

    widget = forms.RadioSelect
    line: ClaimLine
    cells: Sequence[tuple[CellView, str]] = ()
    """Each with the reason that it brings along."""
    is_contested: bool = False

    def valid_value(self, value: str) -> bool:
        """Lets every verdict through: whether it can be given now is the act's to say, in the domain's words."""
        return True


@dataclass(frozen=True)
class ReasonRow:
    """One reason of a request or a rejection, with its text and the mark of the draft that was written for it."""

    code: str
    label: str | Promise
    text: forms.BoundField
    drafted: forms.BoundField


class ReasonsField(Codes):
    """Reasons, each with a text of its own."""

    widget = forms.CheckboxSelectMultiple
    verdict: Verdict
    rows: Sequence[ReasonRow] = ()
    more: forms.BoundField


def _text(label: Any) -> forms.CharField:
    area = forms.Textarea(attrs={"rows": 4, "class": "form-control"})
    return forms.CharField(label=label, required=False, strip=False, widget=area)


class DecisionForm(ActForm):
    """What is decided on each product of a claim under review. What carries no decision stays undecided."""

    path: ClassVar[str] = "decide"
    title = _("Decide")
    button = _("Go on: read the mail")

    cells = Codes(
        label=_("Cells of the proof matrix that do not hold"), required=False, widget=forms.CheckboxSelectMultiple
    )
    ask_reasons = ReasonsField(label=_("What the partner is asked for"), required=False)
    ask_text = _text(_("More for the partner (optional)"))
    reject_reasons = ReasonsField(label=_("Why it is rejected"), required=False)
    reject_text = _text(_("More for the partner (optional)"))
    remove_text = _text(_("What the partner reads about the removal"))
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
        """A field for each product that can be decided, and one for the text of each reason."""
        self.decidable = [line for line in self.claim_lines if _verdicts_of(line)]
        for line in self.decidable:
            self.fields[name_of(line.pk)] = _verdict_field(line)
        for verdict in WORDED:
            self._prepare_reasons(verdict)
        for name, field in self.fields.items():
            if "_text" in name:
                field.widget.attrs["lang"] = language_of_partner(self.claim)

    def _prepare_reasons(self, verdict: Verdict) -> None:
        field = cast(ReasonsField, self.fields[f"{verdict}_reasons"])
        for reason in REVIEWER_REASONS:
            self.fields[f"{verdict}_text_{reason}"] = _text(reason.label)
            self.fields[f"{verdict}_drafted_{reason}"] = forms.CharField(required=False, widget=forms.HiddenInput)
        field.choices = [(str(reason.value), reason.label) for reason in REVIEWER_REASONS]
        field.verdict, field.more = verdict, self[f"{verdict}_text"]
        field.rows = [self._row(verdict, reason) for reason in REVIEWER_REASONS]

    def _row(self, verdict: Verdict, reason: Reason) -> ReasonRow:
        text, drafted = self[f"{verdict}_text_{reason}"], self[f"{verdict}_drafted_{reason}"]
        return ReasonRow(str(reason.value), reason.label, text, drafted)

    def _helper(self) -> FormHelper:
        helper = super()._helper()
        # Before the other buttons, so that Enter on a field goes on and does nothing else.
        go_on = HTML('{% include "arbitration/parts/decide_buttons.html" %}')
        helper.layout = Layout("version", Div(*self.laid_out(), css_class="decide-form"), go_on)
        helper.attrs |= {"data-deciding": ""}
        return helper

    def laid_out(self) -> list[Any]:
        """The products, the reasons and texts, the confirmations."""
        parts = "arbitration/parts/decide_"
        lines = [Field(name_of(line.pk), template=f"{parts}line.html") for line in self.decidable]
        words = [Field(f"{verdict}_reasons", template=f"{parts}words.html") for verdict in WORDED]
        removal = Field("remove_text", template=f"{parts}removal.html")
        cells = Field("cells", template=f"{parts}cells.html")
        for_all = HTML(f'{{% include "{parts}all.html" %}}')
        shown = sorted(self.confirmations)
        return [for_all, *lines, cells, *words, removal, *shown]

    def offer(self, confirmation: str) -> None:
        """Let the reader approve knowingly: a fact does not hold, or cells were ticked as missing."""
        self.confirmations |= {confirmation}
        self.helper = self._helper()

    def offer_cells(self, matrix: MatrixView, ticks: Ticks) -> None:
        """Offer the cells of each product; what was ticked as missing is chosen, and put into words already."""
        rows = {row.line.pk: row for row in matrix.rows}
        for line in self.decidable:
            row = rows.get(line.pk)
            self._verdict(line).cells = _with_reasons(row.cells) if row else []
        shown = {line.pk for line in self.decidable}
        missing = [cell.key for cell in matrix.cells if cell.line_id in shown and cell.key in ticks.missing]
        if missing and not self.is_bound:
            self._fill_in(matrix, missing)

    def _verdict(self, line: ClaimLine) -> VerdictField:
        return cast(VerdictField, self.fields[name_of(line.pk)])

    def _fill_in(self, matrix: MatrixView, missing: Sequence[str]) -> None:
        concerned = [line for line in self.decidable if any(_line_of(key) == str(line.pk) for key in missing)]
        words = words_of(self.claim, matrix, concerned, (), missing, product_count=len(self.decidable))
        self.initial["cells"] = list(missing)
        for verdict in WORDED:
            self.initial[f"{verdict}_reasons"] = words.reasons
            for reason, text in words.texts.items():
                self.initial[f"{verdict}_text_{reason}"] = text
                self.initial[f"{verdict}_drafted_{reason}"] = words.marks[reason]

    def clean(self) -> dict[str, Any]:
        """Products that are no longer on the form count as well: the act says what became of them."""
        known = {"", *Verdict.values}
        if any(verdict not in known for _line, verdict in self._sent()):
            raise ValidationError(_("Choose one of the decisions."), code="verdict_unknown")
        return self.cleaned_data

    def _sent(self) -> Iterator[tuple[int, str]]:
        """What was sent for each product, whether it can still be decided or not."""
        for name in self.data:
            line = name.removeprefix("decision_")
            if line != name and line.isascii() and line.isdigit() and len(line) <= LONGEST_ID:
                yield int(line), str(self.data[name])

    def lines_with(self, verdict: str) -> list[int]:
        """The ids of the products for which `verdict` was sent; empty: those that stay undecided."""
        if verdict:
            return [line for line, sent in self._sent() if sent == verdict]
        decided = {line for line, sent in self._sent() if sent}
        return [line.pk for line in self.decidable if line.pk not in decided]

    def cells_of(self, line_ids: Iterable[int]) -> list[str]:
        """The cells that were named of these products. Those of a product that is approved say nothing."""
        ids = {str(line) for line in line_ids}
        known = {str(line.pk) for line in self.decidable}
        named = self.cleaned_data.get("cells", [])
        return [key for key in named if _line_of(key) in ids or _line_of(key) not in known]

    def reasons_of(self, verdict: Verdict) -> list[str]:
        """The reasons of a part, with those that its cells bring along."""
        given = self.cleaned_data.get(f"{verdict}_reasons", [])
        return reasons_with(given, self.cells_of(self.lines_with(verdict)))

    def text_of(self, verdict: Verdict) -> str:
        """What the partner reads about a part: a paragraph for each reason, and what was written besides."""
        texts = [self._typed(f"{verdict}_text_{reason}") for reason in self.reasons_of(verdict)]
        return "\n\n".join(text for text in (*texts, self._typed(f"{verdict}_text")) if text)

    def _typed(self, name: str) -> str:
        return str(self.cleaned_data.get(name, "")).replace("\r\n", "\n").strip()

    def parts(self) -> list[Part]:
        """What was sent, as the act takes it. The form must be valid."""
        return [self._part(verdict) for verdict in Verdict if self.lines_with(verdict)]

    def _part(self, verdict: Verdict) -> Part:
        ids = self.lines_with(verdict)
        if verdict == Verdict.APPROVE:
            return Part(verdict, ids)
        if verdict == Verdict.REMOVE:
            return Part(verdict, ids, [str(Reason.PARTNER_REQUEST.value)], self._typed("remove_text"))
        return Part(verdict, ids, self.reasons_of(verdict), self.text_of(verdict), self.cells_of(ids))

    def arguments(self) -> dict[str, Any]:
        """What was sent, named as the parameters of `decide`."""
        names = ("despite_facts", "despite_cells", "version")
        return {"parts": self.parts(), **{name: self.cleaned_data[name] for name in names}}

    def refuse(self, fault: Refused) -> None:
        """Show what the act refused, at its field, with its code."""
        if fault.field in ("despite_facts", "despite_cells"):
            self.offer(fault.field)
        unreasoned = self._unreasoned() if fault.code == "reasons_required" else []
        for verdict in unreasoned:
            # The act stops at the first part: whoever forgot both reads of both at once.
            self.add_error(f"{verdict}_reasons", ValidationError(str(NO_REASONS[verdict]), code=fault.code))
        if not unreasoned:
            self.add_error(self._field_of(fault), ValidationError(str(fault.text), code=fault.code))

    def _unreasoned(self) -> list[Verdict]:
        """The parts that were sent without a reason that a reviewer can give."""
        known = set(REVIEWER_REASONS)
        return [one for one in WORDED if self.lines_with(one) and not known.issuperset(self.reasons_of(one) or [""])]

    def _field_of(self, fault: Refused) -> str | None:
        """A reason of which part, which product: the act says so among the facts of what it refuses."""
        verdict = str(fault.facts.get("verdict", ""))
        lines = fault.facts.get("lines") or [0]
        names = (f"{verdict}_{fault.field}", fault.field, name_of(lines[0]))
        return next((name for name in names if name in self.fields), None)

    def written(self, matrix: MatrixView, *, anew: bool = False) -> "DecisionForm":
        """This form, which must be valid, with a text for each reason that nobody has worded yet.

        A draft that nobody has edited is written again for what is chosen now; with `anew` every text is. What was
        typed otherwise stays. Raises Refused as the act would for its cells, and where `anew` finds nothing to write.
        """
        data = MultiValueDict({name: self.data.getlist(name) for name in self.data})  # type: ignore[attr-defined]
        found = False
        for verdict in WORDED:
            words = self.words(verdict, matrix, or_open=anew)
            found = found or bool(words.texts)
            if words.reasons:
                data.setlist(f"{verdict}_reasons", words.reasons)
            for reason, text in words.texts.items():
                if anew or self._is_untouched(verdict, reason):
                    data[f"{verdict}_text_{reason}"] = text
                    data[f"{verdict}_drafted_{reason}"] = words.marks[reason]
        if anew and not found:
            raise Refused("reasons_required", _("Choose at least one cell or reason to write about."), field="cells")
        return type(self)(self.claim, self.claim_lines, data)

    def words(self, verdict: Verdict, matrix: MatrixView, *, or_open: bool = True) -> Words:
        """The reasons and drafts of a part; with `or_open` of the undecided products, where nothing has `verdict`."""
        ids = self.lines_with(verdict) or (self.lines_with("") if or_open else [])
        lines = [line for line in self.decidable if line.pk in ids]
        if not lines:
            return Words([], {})
        given = self.cleaned_data.get(f"{verdict}_reasons", [])
        return words_of(self.claim, matrix, lines, given, self.cells_of(ids), product_count=len(self.decidable))

    def _is_untouched(self, verdict: Verdict, reason: str) -> bool:
        text, mark = self._typed(f"{verdict}_text_{reason}"), self._typed(f"{verdict}_drafted_{reason}")
        return is_untouched(text, mark)

    def typed(self) -> dict[str, str]:
        """Everything that was chosen and written, by what people call it: for the page that says who was first."""
        names = {line.pk: line.product.name for line in self.claim_lines}
        said = {
            str(verdict.label): ", ".join(names.get(line, str(line)) for line in self.lines_with(verdict))
            for verdict in OFFERED
        }
        texts = {str(HANDED_BACK[verdict]): self.text_of(verdict) for verdict in WORDED}
        texts[str(HANDED_BACK[Verdict.REMOVE])] = self._typed("remove_text")
        return {label: text for label, text in {**said, **self._ticked(names), **texts}.items() if text}

    def _ticked(self, names: Mapping[int, str]) -> dict[str, str]:
        """The reasons, cells and confirmations that were chosen, by their labels."""
        named = {name: reasons_in_words(self.cleaned_data.get(name, [])) for name in ("ask_reasons", "reject_reasons")}
        named["cells"] = keys_in_words(self.cleaned_data.get("cells", []), names)
        for name in ("despite_facts", "despite_cells"):
            named[name] = [gettext("Yes")] if self.cleaned_data.get(name) else []
        return {str(self.fields[name].label): "\n".join(words) for name, words in named.items()}

    @property
    def sent_pairs(self) -> list[tuple[str, str]]:
        """Everything that was sent and means something, of products that are no longer on the form, too."""
        gone = [name for name in self.data if name.startswith("decision_") and name not in self.fields]
        return sent_again(self, *gone)


NO_REASONS: Mapping[Verdict, str | Promise] = {
    Verdict.ASK: _("Choose at least one reason for what you ask the partner."),
    Verdict.REJECT: _("Choose at least one reason for the rejection."),
}
HANDED_BACK: Mapping[Verdict, str | Promise] = {
    Verdict.ASK: _("What the partner was to be asked"),
    Verdict.REJECT: _("What the partner was to read about the rejection"),
    Verdict.REMOVE: _("What the partner was to read about the removal"),
}


def name_of(line_id: int) -> str:
    """The name of a product's field."""
    return f"decision_{line_id}"


def _line_of(key: str) -> str:
    return key.partition(":")[0]


def _verdicts_of(line: ClaimLine) -> list[Verdict]:
    return [verdict for verdict in OFFERED if line.outcome in BY_ACT[ACT_OF[verdict]].takes]


def _verdict_field(line: ClaimLine) -> VerdictField:
    able = _verdicts_of(line)
    not_yet = pgettext_lazy("verdict", "Not yet")
    choices = [*((str(verdict.value), verdict.label) for verdict in able), ("", not_yet)]
    field = VerdictField(label=line.product.name, choices=choices, required=False, initial="")
    field.line, field.is_contested = line, Verdict.APPROVE not in able
    return field


def _with_reasons(cells: Iterable[CellView]) -> list[tuple[CellView, str]]:
    return [(cell, str(REASON_OF[cell.column].value)) for cell in cells if cell.is_needed]
