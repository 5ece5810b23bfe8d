"""Microsoft's review site: where the days of reviews are counted, and what day it is there."""

from datetime import date
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone


def review_day() -> date:
    """Today at the review site: the day on which enrolments and catalogue rows are judged, for everybody alike."""
    return timezone.localdate(timezone=ZoneInfo(settings.REVIEW_TIME_ZONE))
