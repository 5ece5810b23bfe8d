"""The demo data is plausible to a newcomer."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from arbitration.demo import bring_demo_data
from claims.models import Claim, Event
from cpor_portal.notifications.models import MailState, OutboxMail

pytestmark = pytest.mark.django_db


@pytest.fixture
def began() -> datetime:
    """When the demo data came."""
    now = timezone.now()
    bring_demo_data()
    return now


def test_mails_of_earlier_days_were_sent_on_their_day_and_those_of_today_are_to_be_sent(began: datetime) -> None:
    happened = dict(Event.objects.values_list("pk", "at"))
    mails = OutboxMail.objects.exclude(event_key__startswith="deadline").order_by("pk")
    past = [mail for mail in mails if happened[int(mail.event_key.partition(":")[0])] < began]
    assert {mail.kind for mail in past} >= {"submitted", "information_requested", "resubmitted", "approved"}
    for mail in past:
        at = happened[int(mail.event_key.partition(":")[0])]
        assert (mail.state, mail.queued_at, mail.attempts) == (MailState.SENT, at, 1)
        assert mail.sent_at is not None
        assert timedelta() < mail.sent_at - at < timedelta(minutes=1)
    waiting = OutboxMail.objects.filter(state=MailState.WAITING)
    assert {mail.kind for mail in waiting} == {"submitted"}
    assert waiting.count() == Claim.objects.filter(submitted_at__gte=began).count() > 0


def test_demo_data_that_is_there_is_left_alone(began: datetime) -> None:
    counted = Claim.objects.count(), OutboxMail.objects.count()
    bring_demo_data()
    assert (Claim.objects.count(), OutboxMail.objects.count()) == counted
