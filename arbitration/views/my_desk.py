"""The desks: one's own, and for arbiters everybody's, with absences, conflicts of interest and limits."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from arbitration import desk_pages
from arbitration.acts import absence as absences
from arbitration.acts import bars, limits
from arbitration.firms import firm_named
from arbitration.forms.desk import AbsenceForm, BarForm, LimitForm, PersonForm
from arbitration.models import Absence, Bar
from arbitration.permissions import reviewers
from arbitration.views.desk import reader_of
from cpor_portal.accounts.models import User
from cpor_portal.accounts.permissions import is_arbiter
from cpor_portal.faults import Refused
from cpor_portal.look.errors import answers_faults


def lead_of(request: HttpRequest) -> User:
    """Who asks. Raises Http404 unless it is an arbiter: for reviewers the others' desks do not exist."""
    reader = reader_of(request)
    if not is_arbiter(reader):
        raise Http404
    return reader


@require_safe
def my_desk(request: HttpRequest) -> HttpResponse:
    """What the reader has, when they are away, and what they must not decide."""
    return _my_desk_page(request, reader_of(request))


@require_POST
@answers_faults("arbitration:my_desk")
def my_absence(request: HttpRequest) -> HttpResponse:
    """Notes days on which the reader takes no work."""
    reader, form = reader_of(request), AbsenceForm(request.POST, prefix_id="absence")
    return _posted(form, lambda: _declare(request, reader, form), "my_desk") or _my_desk_page(request, reader, form)


@require_POST
@answers_faults("arbitration:my_desk")
def my_bar(request: HttpRequest) -> HttpResponse:
    """Notes a firm whose claims the reader must not decide."""
    reader, form = reader_of(request), BarForm(request.POST, prefix_id="bar")
    return _posted(form, lambda: _bar(request, reader, form), "my_desk") or _my_desk_page(request, reader, form)


@require_POST
@answers_faults("arbitration:my_desk")
def end_absence(request: HttpRequest, absence_id: int) -> HttpResponse:
    """The person is back. Of somebody else's absence only an arbiter knows."""
    reader = reader_of(request)
    found = Absence.objects.filter(pk=absence_id).first()
    if found is None or (found.person_id != reader.pk and not is_arbiter(reader)):
        raise Http404
    absences.end_absence(by=reader, absence_id=absence_id)
    messages.success(request, _("The absence has ended. Claims can be taken and given again."))
    return redirect("arbitration:my_desk" if found.person_id == reader.pk else "arbitration:desks")


@require_safe
def desks(request: HttpRequest) -> HttpResponse:
    """Everybody's load, absences, conflicts of interest and limits. For arbiters."""
    lead_of(request)
    return _desks_page(request)


@require_POST
@answers_faults("arbitration:desks")
def limit(request: HttpRequest) -> HttpResponse:
    """Sets how many claims somebody may have at once."""
    reader, form = lead_of(request), LimitForm(request.POST, prefix_id="limit", people=reviewers())
    return _posted(form, lambda: _limit(request, reader, form), "desks") or _desks_page(request, form)


@require_POST
@answers_faults("arbitration:desks")
def absence(request: HttpRequest) -> HttpResponse:
    """Notes days on which somebody takes no work."""
    reader, form = lead_of(request), AbsenceForm(request.POST, prefix_id="absence", people=reviewers())
    return _posted(form, lambda: _declare(request, reader, form), "desks") or _desks_page(request, form)


@require_POST
@answers_faults("arbitration:desks")
def bar(request: HttpRequest) -> HttpResponse:
    """Notes a firm whose claims somebody must not decide."""
    reader, form = lead_of(request), BarForm(request.POST, prefix_id="bar", people=reviewers())
    return _posted(form, lambda: _bar(request, reader, form), "desks") or _desks_page(request, form)


@require_POST
@answers_faults("arbitration:desks")
def lift_bar(request: HttpRequest, bar_id: int) -> HttpResponse:
    """Lifts a conflict of interest of somebody else."""
    reader = lead_of(request)
    if not Bar.objects.filter(pk=bar_id).exists():
        raise Http404
    lifted = bars.lift_bar(by=reader, bar_id=bar_id)
    told = _("The conflict of interest of %(name)s is lifted.") % {"name": lifted.person}
    messages.success(request, told)
    return redirect("arbitration:desks")


def _posted(form: PersonForm, act: Callable[[], None], back: str) -> HttpResponse | None:
    """The way back where it was done; None where the form has to be shown again."""
    if not form.is_valid():
        return None
    try:
        act()
    except Refused as fault:
        form.refuse(fault)
        return None
    return redirect(f"arbitration:{back}")


def _declare(request: HttpRequest, reader: User, form: AbsenceForm) -> None:
    first_day, last_day = form.days
    _noted, claims = absences.declare_absence(
        by=reader,
        person=form.person(reader),
        first_day=first_day,
        last_day=last_day,
        note=form.cleaned_data["note"],
    )
    messages.success(request, _("The absence is noted."))
    _tell_of(request, len(claims))


def _bar(request: HttpRequest, reader: User, form: BarForm) -> None:
    _noted, claims = bars.declare_bar(
        by=reader,
        person=form.person(reader),
        firm=firm_named(form.cleaned_data["firm"]),
        reason=form.cleaned_data["reason"],
    )
    messages.success(request, _("The conflict of interest is noted."))
    _tell_of(request, len(claims))


def _limit(request: HttpRequest, reader: User, form: LimitForm) -> None:
    limits.set_load_limit(by=reader, person=form.person(reader), load_limit=form.cleaned_data["load_limit"])
    messages.success(request, _("The limit is noted."))


def _tell_of(request: HttpRequest, count: int) -> None:
    if count:
        words = ngettext("%(count)d claim went back to the queue.", "%(count)d claims went back to the queue.", count)
        messages.info(request, words % {"count": count})


def _my_desk_page(request: HttpRequest, reader: User, refused: PersonForm | None = None) -> HttpResponse:
    context = {
        "desk": desk_pages.my_desk(reader, timezone.now()),
        "refused": refused,
        "absence_form": refused if isinstance(refused, AbsenceForm) else AbsenceForm(prefix_id="absence"),
        "bar_form": refused if isinstance(refused, BarForm) else BarForm(prefix_id="bar"),
        "is_arbiter": is_arbiter(reader),
    }
    return render(request, "arbitration/my_desk.html", context, status=422 if refused else 200)


def _desks_page(request: HttpRequest, refused: PersonForm | None = None) -> HttpResponse:
    shown = desk_pages.all_desks(timezone.now())
    people = [load.person for load in shown.loads]
    fresh: dict[str, PersonForm] = {
        "limit_form": LimitForm(prefix_id="limit", people=people),
        "absence_form": AbsenceForm(prefix_id="absence", people=people),
        "bar_form": BarForm(prefix_id="bar", people=people),
    }
    forms = {
        name: refused if refused is not None and type(refused) is type(form) else form for name, form in fresh.items()
    }
    context = {"desks": shown, "refused": refused, "reader": request.user, **forms}
    return render(request, "arbitration/desks.html", context, status=422 if refused else 200)
