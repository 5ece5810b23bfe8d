"""Drafts that were there before: their time runs from their last edit, as if it always had."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import migrations

EXPIRES, WARNED_BEFORE = timedelta(days=90), timedelta(days=7)


def start(apps, schema_editor):
    claims, deadlines = apps.get_model("claims", "Claim"), apps.get_model("claims", "Deadline")
    for draft in claims.objects.filter(status="editing").select_related("firm").iterator():
        zone = ZoneInfo(draft.firm.time_zone)
        day = draft.edited_at.astimezone(zone).date() + EXPIRES
        deadlines.objects.create(
            claim=draft,
            kind="draft_expiry",
            party="partner",
            started_at=draft.edited_at,
            due_at=datetime.combine(day, time(23, 59, 59, fold=1), zone).astimezone(UTC),
            remind_at=datetime.combine(day - WARNED_BEFORE, time(8), zone),
            days=EXPIRES.days,
            calendar_country=draft.firm.country,
            calendar_zone=draft.firm.time_zone,
        )


class Migration(migrations.Migration):
    dependencies = [("claims", "0003_all_deadlines_and_feeds")]

    operations = [migrations.RunPython(start, migrations.RunPython.noop)]
