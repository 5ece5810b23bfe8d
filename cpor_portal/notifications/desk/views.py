"""The pages at /outbox/: the list of outgoing mail, one mail, and "Send again"."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cpor_portal.accounts.models import User
from cpor_portal.accounts.permissions import is_portal_admin
from cpor_portal.faults import Conflict, Refused
from cpor_portal.look.errors import fault_response
from cpor_portal.notifications.desk.doors import html_part, staff_of
from cpor_portal.notifications.desk.forms import FilterForm
from cpor_portal.notifications.desk.listing import (
    RESEND_AT_MOST,
    Count,
    Filters,
    Page,
    dead_letters,
    newer_to_its_person,
    page_of,
    sendable_again,
)
from cpor_portal.notifications.desk.shown import Shown
from cpor_portal.notifications.models import MailState, OutboxMail
from cpor_portal.notifications.resending import copies_of
from cpor_portal.notifications.resending import resend as send_again
from cpor_portal.notifications.resending import resend_many as send_many_again

# A digest tells of so many mails at the most on its page; it is the way to them, not their list.
TOLD_SHOWN = 100


@require_safe
@never_cache
def outgoing(request: HttpRequest) -> HttpResponse:
    """What was sent to whom, when, and its state; one page by its filters and cursor."""
    reader = staff_of(request)
    form = FilterForm(request.GET)
    filters = form.filters()
    page = page_of(filters, after=request.GET.get("after", "")) if form.is_valid() else Page([], "")
    context = {
        "form": form,
        "filters": filters,
        "is_filtered": not form.is_valid() or filters != Filters(),
        "page": page,
        "rows": [Shown(mail, reader) for mail in page.mails],
        "dead": dead_letters(),
        "dead_url": _dead_letters_url(Filters()),
        **(_sendable(filters) if form.is_valid() else {}),
    }
    return render(request, "notifications/desk/list.html", context)


@require_safe
@never_cache
def mail(request: HttpRequest, mail_id: int) -> HttpResponse:
    """One mail: its facts, its life, its text, and "Send again"."""
    reader = staff_of(request)
    return _mail_page(request, _mail(mail_id), reader)


def _mail_page(request: HttpRequest, found: OutboxMail, reader: User, refused: Refused | None = None) -> HttpResponse:
    told = OutboxMail.objects.filter(digest=found.resends_id or found.pk).order_by("pk").defer("text", "html")
    context = {
        "mail": found,
        "shown": _shown(found, reader),
        "told": [Shown(one, reader) for one in told.select_related("person")[:TOLD_SHOWN]],
        "is_portal_admin": is_portal_admin(reader),
        "refused": refused,
    }
    return render(request, "notifications/desk/mail.html", context, status=422 if refused else 200)


@require_safe
@never_cache
def mail_html(request: HttpRequest, mail_id: int) -> HttpResponse:
    """The HTML part of one mail alone; 404 where there is none, or none for the reader's eyes."""
    reader = staff_of(request)
    shown = Shown(_mail(mail_id), reader)
    return html_part(shown.mail.html if shown.is_readable else "", has_links=shown.has_live_links)


@require_http_methods(["GET", "HEAD", "POST"])
def resend(request: HttpRequest, mail_id: int) -> HttpResponse:
    """Send one mail again, to its person's present address.

    409 where it has moved on since the reader saw it, 422 where it cannot be sent again at all.
    """
    reader = staff_of(request)
    found = _mail(mail_id)
    page = reverse("outbox:mail", args=[mail_id])
    if request.method != "POST":
        return redirect(page)
    try:
        _require_as_seen(_shown(found, reader), request.POST.get("seen", ""))
        again = send_again(mail_id, by=reader)
    except Conflict as fault:
        return fault_response(request, fault, back=page)
    except Refused as fault:
        return _mail_page(request, found, reader, refused=fault)
    messages.success(request, _("The mail waits to be sent again and leaves within a minute."))
    return redirect("outbox:mail", again.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def resend_many(request: HttpRequest) -> HttpResponse:
    """Send again what an outage of the mail server left behind, by the list's filters, RESEND_AT_MOST at a time."""
    reader = staff_of(request)
    form = FilterForm(request.POST if request.method == "POST" else request.GET)
    filters = form.filters()
    if request.method == "POST":
        _say_how_many(request, send_many_again(_batch(filters) if form.is_valid() else [], by=reader))
    return redirect(_dead_letters_url(filters))


def _batch(filters: Filters) -> list[int]:
    return sendable_again(filters)[-RESEND_AT_MOST:]


def _say_how_many(request: HttpRequest, number: int) -> None:
    if not number:
        messages.info(request, _("There was nothing left that could be sent again."))
        return
    words = ngettext("%(count)s mail waits to be sent again.", "%(count)s mails wait to be sent again.", number)
    messages.success(request, words % {"count": number})


def _require_as_seen(shown: Shown, seen: str) -> None:
    """What is sent again is what the reader saw, to the address that they saw. Raises Conflict."""
    if seen == shown.seen:
        return
    newest = shown.copies[-1] if shown.copies else shown.mail
    facts: dict[str, Any] = {"by": newest.asked_by, "at": newest.queued_at if newest.asked_by else None}
    facts["title"] = _("This mail has moved on")
    raise Conflict("mail_moved_on", _("The mail was sent again already, or something else about it changed."), **facts)


def _sendable(filters: Filters) -> dict[str, object]:
    """What the button for many needs; only where the list shows dead letters, for it costs a look of its own."""
    if filters.state != MailState.FAILED:
        return {}
    return {"sendable": Count.of(len(sendable_again(filters)), RESEND_AT_MOST)}


def _dead_letters_url(filters: Filters) -> str:
    named = {**vars(replace(filters, state=MailState.FAILED.value))}
    return f"{reverse('outbox:list')}?{urlencode({name: value for name, value in named.items() if value})}"


def _shown(found: OutboxMail, reader: User) -> Shown:
    """The mail with what was sent again of it later, and with newer news to its person."""
    copies = list(copies_of(found).filter(pk__gt=found.pk).select_related("asked_by"))
    return Shown(found, reader, copies, list(newer_to_its_person(found)))


def _mail(mail_id: int) -> OutboxMail:
    return get_object_or_404(OutboxMail.objects.select_related("person", "asked_by"), pk=mail_id)
