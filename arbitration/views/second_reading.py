"""Second readings: what waits, taking one, the blind page with its proof, and the result."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from arbitration.forms.second_reading import SecondReadingForm
from arbitration.models import SecondReading
from arbitration.second_reading import acts
from arbitration.second_reading.access import reading_for
from arbitration.second_reading.pages import BlindPage, blind_page, blind_room, overview
from arbitration.second_reading.results import result_of
from arbitration.views.desk import reader_of
from claims.proof.room import asked_for
from claims.views.policy import in_the_room
from cpor_portal.accounts.models import User
from cpor_portal.look.errors import answers_faults


@require_safe
def readings(request: HttpRequest) -> HttpResponse:
    """What waits for a second reading by the reader; for arbiters also what was found."""
    context = {"overview": overview(reader_of(request), timezone.now())}
    return render(request, "arbitration/second_readings.html", context)


@require_POST
@answers_faults("arbitration:second_readings")
def take(request: HttpRequest) -> HttpResponse:
    """Hands the reader the round that waits longest."""
    reading = acts.take_next(by=reader_of(request))
    if reading is None:
        messages.info(request, _("Nothing waits for a second reading by you at the moment."))
        return redirect("arbitration:second_readings")
    return redirect("arbitration:second_reading", reading_id=reading.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@answers_faults("arbitration:second_readings")
def reading(request: HttpRequest, reading_id: int) -> HttpResponse:
    """The blind page of a round for whoever has it, and where it is judged; once that is done, the result."""
    reader = reader_of(request)
    found = reading_for(reader, reading_id)
    if request.method == "POST":
        return _judge(request, found, reader)
    if found.read_at is not None:
        return render(request, "arbitration/second_result.html", {"result": result_of(found)})
    page = blind_page(found, reader)
    return _blind(request, page, SecondReadingForm(found, page.lines))


def _judge(request: HttpRequest, found: SecondReading, reader: User) -> HttpResponse:
    page = blind_page(found, reader)
    form = SecondReadingForm(found, page.lines, request.POST)
    form.is_valid()
    judgements, text = form.judgements(), form.note
    faults = acts.faults_in(found, judgements, text) if found.read_at is None else []
    if faults or form.errors:
        form.refuse(faults)
        return _blind(request, page, form)
    done = acts.judge(reading_id=found.pk, by=reader, judgements=judgements, text=text)
    if done.agrees:
        messages.success(request, _("Your answer is kept. The first reviewer decided every product the same way."))
    else:
        messages.info(request, _("Your answer is kept. You and the first reviewer differ; the arbiters see it."))
    return redirect("arbitration:second_reading", reading_id=found.pk)


def _blind(request: HttpRequest, page: BlindPage, form: SecondReadingForm) -> HttpResponse:
    context = {"page": page, "form": form, "claim": page.reading.review.claim}
    return render(request, "arbitration/second_reading.html", context, status=422 if form.errors else 200)


@require_POST
@answers_faults("arbitration:second_readings")
def put_back(request: HttpRequest, reading_id: int) -> HttpResponse:
    """Lets somebody else read it."""
    acts.put_back(reading_id=reading_id, by=reader_of(request))
    messages.success(request, _("It waits for another second reader now."))
    return redirect("arbitration:second_readings")


@require_safe
@in_the_room
def proof(request: HttpRequest, reading_id: int) -> HttpResponse:
    """One page of the round's proof, without ticks and verdicts, for whoever reads it blindly."""
    reader = reader_of(request)
    found = reading_for(reader, reading_id)
    if found.read_at is not None:
        raise Http404
    page = blind_page(found, reader)
    context = {
        "room": blind_room(page, reader, asked_for(request.GET)),
        "claim": found.review.claim,
        "reading": found,
        "room_url": request.path,
    }
    return render(request, "arbitration/second_room.html", context)
