"""What a form of each address sends that is filled in as it should be (docs/contract.md), for the walk of the roles."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils import timezone

from claims.models import Claim
from cpor_portal.accounts.models import MpnLocation, User

Fields = Mapping[str, Any]
DATES = {"reasons": ["dates_missing_or_old"], "text": "Please add the missing day."}
CONTACTS = {
    "name": "Roll-out 2026",
    "customer_name": "Casey Customer",
    "customer_title": "Head of IT",
    "customer_email": "casey@customer.example",
    "technical_name": "Terry Technical",
    "technical_title": "Administrator",
    "technical_email": "terry@customer.example",
    "partner_name": "Parker Partner",
    "partner_email": "parker@partner.example",
}


def filled_in(claim: Claim, *, other: MpnLocation, reader: User, colleague: User) -> dict[str, Fields]:
    """By the name of the address what is sent of `claim`; nothing where the address alone says it.

    `other` is another location of the claim's firm, `reader` a reviewer and `colleague` an arbiter.
    """
    return _of_partners(claim, other) | _of_microsoft(claim, reader, colleague) | _of_desks(claim, reader)


def _of_partners(claim: Claim, other: MpnLocation) -> dict[str, Fields]:
    document, line = claim.documents.get(), claim.lines.get()
    return {
        "claims:comments": {"body": "We will send the day.", "audience": "partner"},
        "claims:correct": {"mpn_id": other.mpn_id, "reason": "Our other office did the work."},
        "claims:delete_draft": {"version": claim.version},
        "claims:edit": CONTACTS,
        "claims:make_feed": {"name": "The team's calendar"},
        "claims:proof": {"document": document.pk, "page": 1, "cells": f"{line.pk}:named", "columns": "named"},
        "claims:resubmit": {"body": "Here is the day.", "version": claim.version},
        "claims:submit": {"version": claim.version},
        "claims:withdraw": {"lines": [line.pk], "reason": "It was a slip.", "version": claim.version},
        "claims:withdraw_correction": {"version": claim.version},
        "incentives": {"location": other.mpn_id, "own_label": "Team"},
        "language": {"language": "en"},
        "settings": {"mail_pace": "digest", "language": "en", "time_zone": "Europe/Budapest"},
    }


def _of_microsoft(claim: Claim, reader: User, colleague: User) -> dict[str, Fields]:
    line = claim.lines.get()
    sent = {"version": claim.version}
    return {
        "arbitration:approve": sent | {"despite_facts": "1", "despite_cells": "1"},
        "arbitration:assign": {"reviewer": colleague.email, "note": "Please take it."},
        "arbitration:assign_many": {"claims": [claim.reference], "reviewer": colleague.email},
        "arbitration:check_cells": {"held": [f"{line.pk}:named"]},
        "arbitration:comment": {"body": "Between us.", "audience": "internal"},
        "arbitration:conflict": {"reason": "My brother works there."},
        "arbitration:correction": sent | {"answer": "accept"},
        "arbitration:decide": sent | {f"decision_{line.pk}": "approve", "confirmed": "1"},
        "arbitration:hand_back": sent | {"note": "Not my language."},
        "arbitration:note": {"body": "Look at page 2.", "seen": "0"},
        "arbitration:reject": sent | DATES,
        "arbitration:request_information": sent | DATES,
        "arbitration:start": sent,
    }


def _of_desks(claim: Claim, reader: User) -> dict[str, Fields]:
    day = timezone.now().date() + timedelta(days=30)
    absence = {"first_day": day.isoformat(), "last_day": day.isoformat(), "note": "On leave."}
    bar = {"firm": claim.firm.name, "reason": "I used to work there."}
    of_reader = {"reviewer": reader.email}
    return {
        "arbitration:desks_absence": of_reader | absence,
        "arbitration:desks_bars": of_reader | bar,
        "arbitration:desks_limit": of_reader | {"load_limit": "5"},
        "arbitration:my_absence": absence,
        "arbitration:my_bar": bar,
        "arbitration:save_filter": {"name": "Overdue", "query": "overdue=1"},
    }
