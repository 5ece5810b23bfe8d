"""What people see when something does not go: faults of the domain as pages, and the pages of last resort."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Concatenate, ParamSpec

import structlog
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render, resolve_url
from django.template import loader
from django.utils.translation import gettext_lazy as _

from cpor_portal.accounts.models import User
from cpor_portal.accounts.permissions import is_reviewer
from cpor_portal.faults import Conflict, Fault, NotAllowed, Text

Params = ParamSpec("Params")
View = Callable[Concatenate[HttpRequest, Params], HttpResponseBase]

# What the fields of the contract are called when their content is handed back (design.md, "Contract").
LABELS: Mapping[str, Text] = {
    "body": _("Comment"),
    "text": _("Text"),
    "reason": _("Reason"),
    "reviewer": _("Reviewer"),
    "note": _("Note"),
    "reasons": _("Reasons"),
    "criteria": _("Criteria"),
    "justification": _("Justification"),
    "tenant_id": _("Tenant ID"),
    "domain": _("Domain"),
    "solution_area": _("Solution area"),
    "activities": _("Activities"),
    "mpn_id": _("MPN ID"),
    "products": _("Products"),
    "name": _("Name of the engagement"),
    "customer_name": _("Customer contact"),
    "customer_title": _("Customer contact's title"),
    "customer_email": _("Customer contact's e-mail"),
    "technical_name": _("Technical contact"),
    "technical_title": _("Technical contact's title"),
    "technical_email": _("Technical contact's e-mail"),
    "partner_name": _("Partner contact"),
    "partner_email": _("Partner contact's e-mail"),
    "seller_name": _("Dynamics solution seller"),
    "revenue_customer_name": _("Customer's name"),
    "isv_solution": _("ISV product or solution"),
    "documents": _("Documents that were not stored"),
    "dated_on": _("Date of the acknowledgement"),
    "audience": _("Who is to read it?"),
    "scope": _("What is withdrawn"),
    "answer": _("Answer to the correction"),
    "claims": _("Claims"),
    "first_day": _("First day"),
    "last_day": _("Last day"),
    "firm": _("Partner firm"),
    "load_limit": _("Limit"),
    "query": _("Filters"),
    "ask_reasons": _("What the partner is asked for"),
    "reject_reasons": _("Why it is rejected"),
    "ask_text": _("What the partner was to be asked"),
    "reject_text": _("What the partner was to read about the rejection"),
    "remove_text": _("What the partner was to read about the removal"),
}
# Of fields that a form has once for each product or reason: how their names begin.
LABELS_OF_MANY: Mapping[str, Text] = {
    "decision_": _("Decision"),
    "verdict_": _("Judgement"),
    "reasons_": _("Reasons"),
    "ask_text_": LABELS["ask_text"],
    "reject_text_": LABELS["reject_text"],
}
# What was chosen from few, as people read it.
WORDS: Mapping[tuple[str, str], Text] = {
    ("answer", "accept"): _("Accept the correction"),
    ("answer", "refuse"): _("Refuse the correction"),
    ("audience", "partner"): _("Partner and reviewers"),
    ("audience", "internal"): _("Reviewers only"),
}
# Nobody typed these, or nobody should read them again.
NOT_TYPED = frozenset(
    {"csrfmiddlewaretoken", "next", "version", "seen", "remove", "lines", "cells", "language"}
    | {"document", "page", "zoom", "offered", "columns"}  # of the proof room: what was ticked belongs to its page
    | {"held", "missing", "all", "draft"}  # of the reviewer's matrix
    | {"preview", "edit", "confirmed", "then"}  # of the page that shows the mails first
    | {"in", "at", "after", "assign", "back"}  # where somebody stands in the queue, and which button was pressed
    | {"despite_load", "despite_facts", "despite_cells"}  # asked again where it is still so
    | {"leaving"}
)
MARKS = ("ask_drafted_", "reject_drafted_")


def answers_faults(back: str) -> Callable[[View[Params]], View[Params]]:
    """Let a view's NotAllowed become the 403 page and its Conflict the 409 page, with everything that was typed.

    `back` is the name of the page to return to, reversed with the view's own arguments as far as it takes them
    (`reference`, `step`); other faults pass.
    """

    def decorate(view: View[Params]) -> View[Params]:
        @wraps(view)
        def answer(request: HttpRequest, /, *args: Params.args, **kwargs: Params.kwargs) -> HttpResponseBase:
            try:
                return view(request, *args, **kwargs)
            except (NotAllowed, Conflict) as fault:
                return fault_response(request, fault, typed=typed_in(request), back=_address(back, kwargs))

        return answer

    return decorate


def _address(back: str, kwargs: Mapping[str, object]) -> str:
    return resolve_url(back, **{name: kwargs[name] for name in ("reference", "step") if name in kwargs})


def fault_response(
    request: HttpRequest, fault: Fault, *, typed: Mapping[str, str] | None = None, back: str
) -> HttpResponse:
    """The page for a fault: 409 for Conflict, else 403. `typed` (label -> text) is shown to be copied.

    `back` is the address where the reader sees what it says now. Of the fault's facts the page shows `claim`
    (its reference and status now), `by` and `at`, where they are given, and `title` where it is not about a claim.
    """
    status = 409 if isinstance(fault, Conflict) else 403
    context = {"fault": fault, "typed": dict(typed or {}), "back": back}
    # A page that leads to an act may have been opened long after: nobody raced with its reader.
    context |= {"was_first": _was_first(request, fault), "only_looked": request.method in ("GET", "HEAD")}
    return render(request, f"{status}.html", context, status=status)


def _was_first(request: HttpRequest, fault: Fault) -> bool:
    """Whether somebody else is known to have been first: a reader who did it is not told of somebody."""
    last = fault.facts.get("by") or getattr(fault.facts.get("claim"), "edited_by", None)
    return last is not None and last != request.user


def typed_in(request: HttpRequest) -> dict[str, str]:
    """What the person had typed or chosen, by the name of each field; names of files instead of the files."""
    texts = {
        name: "\n".join(str(WORDS.get((name, value), value)) for value in request.POST.getlist(name) if value)
        for name in request.POST
        if name not in NOT_TYPED and "password" not in name and not name.startswith(MARKS)
    }
    if "reviewer" in texts:
        texts["reviewer"] = _name_of(texts["reviewer"], request.user)
    files = {name: "\n".join(str(file.name) for file in request.FILES.getlist(name)) for name in request.FILES}
    return _by_label({name: text for name, text in {**texts, **files}.items() if text.strip()})


def _by_label(texts: Mapping[str, str]) -> dict[str, str]:
    """What belongs to many products or reasons stands together, in the order of the form."""
    found: dict[str, str] = {}
    for name, text in texts.items():
        label = _label(name)
        found[label] = f"{found[label]}\n{text}" if label in found else text
    return found


def _name_of(address: str, reader: User | AnonymousUser) -> str:
    """The name of whoever was chosen by their address; the address for readers who may not know Microsoft's people."""
    if not is_reviewer(reader):
        return address
    known = User.objects.filter(email=address.replace("\x00", "").strip().lower()).first()
    return str(known or address)


def _label(name: str) -> str:
    if name.startswith("subscription_"):
        return str(_("Subscription ID (%(product)s)")) % {"product": name.removeprefix("subscription_")}
    many = next((label for start, label in LABELS_OF_MANY.items() if name.startswith(start)), name)
    return str(LABELS.get(name, many))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that could not be matched to the sign-in: said so, with what was typed. `reason` is for the log."""
    return render(request, "403.html", {"stale_form": True, "typed": typed_in(request)}, status=403)


def signed_out(request: HttpRequest, *, typed: Mapping[str, str], sign_in: str) -> HttpResponse:
    """A form sent by somebody who is no longer signed in: said so, with what was typed and the way to sign in."""
    return render(request, "signed_out.html", {"typed": dict(typed), "sign_in": sign_in}, status=403)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A request that makes no sense (handler400); the head of the page asks nothing of it."""
    return _plain_page("400.html", 400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A place that is not the reader's (handler403)."""
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """No such page, or none that this reader may know of (handler404)."""
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Something broke (handler500): neither the database nor the request is asked again."""
    return _plain_page("500.html", 500)


def _plain_page(template: str, status: int) -> HttpResponse:
    request_id = structlog.contextvars.get_contextvars().get("request_id", "")
    context = {"request_id": request_id, "support_address": settings.SUPPORT_ADDRESS}
    return HttpResponse(loader.render_to_string(template, context), status=status)
