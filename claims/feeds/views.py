"""The calendar page and its feeds, and the files for calendar programs."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from claims.acts import feeds
from claims.countries import country_name
from claims.feeds.agenda import DAYS_AHEAD, agenda_of
from claims.feeds.forms import FeedForm
from claims.feeds.ics import deadline_file
from claims.feeds.once import address_of_new, hand_over
from claims.feeds.reading import read_feed
from claims.feeds.states import shown_feeds
from claims.permissions import claim_for, may_manage_feeds, visible_feeds
from claims.views.reader import reader_of
from cpor_portal.accounts import permissions as people
from cpor_portal.accounts.models import PartnerFirm, User
from cpor_portal.faults import Refused
from cpor_portal.look.errors import answers_faults

CALENDAR_TYPE = "text/calendar; charset=utf-8"


@require_safe
@never_cache
def show(request: HttpRequest) -> HttpResponse:
    """What is due in the reader's firm, the days off ahead, and the feeds. 404 for whoever has no firm."""
    reader = reader_of(request)
    return _page(request, reader, _firm_of(reader))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@answers_faults("claims:calendar")
def make(request: HttpRequest) -> HttpResponse:
    """Makes a feed; its address then stands on the calendar's page for ten minutes. 422 for a name that does not do.

    A GET leads to the calendar: the switch of languages comes back to the address of a form that was refused.
    """
    reader = reader_of(request)
    firm, form = _firm_of(reader), FeedForm(request.POST)
    if request.method != "POST":
        return redirect("claims:calendar")
    if form.is_valid():
        try:
            _feed, token = feeds.make_feed(by=reader, name=form.cleaned_data["name"])
        except Refused as fault:
            form.refuse(fault)
        else:
            response = redirect("claims:calendar")
            hand_over(response, token)
            return response
    return _page(request, reader, firm, form=form)


@require_POST
@answers_faults("claims:calendar")
def revoke(request: HttpRequest, feed_id: int) -> HttpResponse:
    """Closes a feed of the reader's firm."""
    reader = reader_of(request)
    _firm_of(reader)
    feed = feeds.revoke_feed(feed_id=feed_id, by=reader)
    messages.success(request, _("The feed %(name)s is closed.") % {"name": feed.name})
    return redirect("claims:calendar")


@require_safe
def deadline(request: HttpRequest, reference: str, deadline_id: int) -> HttpResponse:
    """One deadline of a claim that the reader may see, as a file for their calendar; 404 otherwise."""
    reader = reader_of(request)
    claim = claim_for(reader, reference)
    row = get_object_or_404(claim.deadlines.select_related("claim"), pk=deadline_id)
    content = deadline_file(row, timezone.now(), is_partner=not people.is_reviewer(reader))
    return _calendar_response(content, f"{claim.reference}-{row.kind}.ics", is_download=True)


@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """A firm's deadlines for whoever knows the address; 404 for every other. No sign-in: programs have none."""
    reading = read_feed(token, timezone.now())
    if reading is None:
        raise Http404
    return _calendar_response(reading.content, "deadlines.ics", is_download=False)


def _firm_of(reader: User) -> PartnerFirm:
    firm = people.firm_of(reader)
    if firm is None:
        raise Http404
    return firm


def _page(request: HttpRequest, reader: User, firm: PartnerFirm, *, form: FeedForm | None = None) -> HttpResponse:
    now = timezone.now()
    context = {
        "agenda": agenda_of(firm, now),
        "days_ahead": DAYS_AHEAD,
        "own_calendar": f"{country_name(firm.country)}, {firm.time_zone}",
        "review_calendar": f"{country_name(settings.REVIEW_COUNTRY)}, {settings.REVIEW_TIME_ZONE}",
        "feeds": shown_feeds(visible_feeds(reader), now),
        "may_manage": may_manage_feeds(reader),
        "form": form or FeedForm(),
        "refused": form,
        "address": address_of_new(request, reader),
    }
    return render(request, "claims/calendar.html", context, status=422 if form else 200)


def _calendar_response(content: bytes, name: str, *, is_download: bool) -> HttpResponse:
    """Kept by nobody on the way, found by no search engine, and its address handed on to no other site."""
    disposition = "attachment" if is_download else "inline"
    return HttpResponse(
        content,
        content_type=CALENDAR_TYPE,
        headers={
            "Content-Disposition": f'{disposition}; filename="{name}"',
            "Cache-Control": "private, no-store",
            "Referrer-Policy": "no-referrer",
            "X-Robots-Tag": "noindex",
        },
    )
