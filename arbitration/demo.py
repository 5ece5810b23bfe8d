"""Demo data: two firms, five customers, and claims at several points of their life, all by the real acts.

For trying the portal out and for nothing else; `manage.py demo_data` brings it, `dev.py run` calls that.
"""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from arbitration.acts.approve import approve
from arbitration.acts.ask import request_information
from arbitration.acts.start import start_review
from claims.acts.drafts import start_draft
from claims.acts.editing import add_documents, save_activity, save_contacts, save_mpn, save_products, save_tenant
from claims.acts.resubmit import resubmit
from claims.acts.submit import submit
from claims.checks.contacts import check_contacts
from claims.checks.mpn import check_mpn
from claims.checks.products import check_products
from claims.checks.tenant import check_tenant
from claims.models import Claim, Event
from claims.words import Activity, Reason
from cpor_portal.accounts import importing as partners
from cpor_portal.accounts import permissions as people
from cpor_portal.accounts.calendars import review_calendar
from cpor_portal.accounts.models import User
from cpor_portal.directory import importing as customers
from cpor_portal.directory.models import SolutionArea, Tenant
from cpor_portal.directory.source import directory
from cpor_portal.importing.command import read_json
from cpor_portal.notifications.models import MailState, OutboxMail
from cpor_portal.review_site import review_day
from cpor_portal.working_days import add_working_days

PARTNERS = Path(partners.__file__).parent / "data" / "demo_partners.json"
CUSTOMERS = Path(customers.__file__).parent / "data" / "demo_directory.json"
MORNING = time(10)
SENDING = timedelta(seconds=2)
PASSWORD = "demo-only-1"  # noqa: S105 - printed at every start, for people who try the portal out


def bring_demo_data() -> None:
    """Catalogue, customers, firms, people and, where there are no claims at all, claims. Safe to repeat.

    Where it is all there already nothing is read again: checking ten passwords would cost every start seconds.
    """
    if _is_there():
        return
    customers.load_catalogue()
    customers.import_directory(read_json(CUSTOMERS))
    partners.import_partners(read_json(PARTNERS))
    User.objects.filter(membership__firm__country="HU").update(language="hu")
    if not Claim.objects.exists():
        _bring_claims(timezone.now())


def _is_there() -> bool:
    emails = [email for _who, email, _password in sign_ins()]
    return Claim.objects.exists() and User.objects.filter(email__in=emails).count() == len(emails)


def sign_ins() -> list[tuple[str, str, str]]:
    """(who, e-mail address, password) of everybody in the demo data, partners first."""
    rows = []
    document = read_json(PARTNERS)
    assert isinstance(document, dict)  # noqa: S101 - our own file; the import has checked its form
    for firm in document["firms"]:
        rows += [(f"{firm['name']}, {person['role']}", person["email"]) for person in firm["people"]]
    rows += [(f"Microsoft, {person['role']}", person["email"]) for person in document["staff"]]
    return [(who, email, PASSWORD) for who, email in rows]


@transaction.atomic
def _bring_claims(now: datetime) -> None:
    """In one transaction, so that a portal that runs meanwhile sends nothing of what is told afterwards."""
    ines, ilona = (User.objects.get(email=email) for email in ("ines@fabrikam.example", "ilona@tisza.example"))
    rita = User.objects.get(email="rita@microsoft.example")
    wide_world = "Wide World Importers"
    held = _file(ines, wide_world, SolutionArea.MICROSOFT_365, ["exchange", "teams"], at=_days_ago(9), is_signed=False)
    start_review(reference=held.reference, by=rita, at=_days_ago(8))
    _ask_for_signature(held, by=rita, at=_days_ago(7))
    _add_proof(held, ines, at=_days_ago(4))
    resubmit(reference=held.reference, by=ines, body="The customer has signed it now.", at=_days_ago(4))
    start_review(reference=held.reference, by=rita, at=_days_ago(3))
    approve(reference=held.reference, by=rita, at=_days_ago(1))
    asked = _file(
        ines, "City of Springfield", SolutionArea.MICROSOFT_365, ["sharepoint"], at=_days_ago(4), is_signed=False
    )
    start_review(reference=asked.reference, by=rita, at=_days_ago(3))
    _ask_for_signature(asked, by=rita, at=_days_ago(2))
    _file(ines, "Alpine Ski House", SolutionArea.BUSINESS_APPLICATIONS, ["d365_finance"])
    _file(ilona, wide_world, SolutionArea.MICROSOFT_365, ["teams"])
    _file(ilona, "Duna Bank Zrt.", SolutionArea.MICROSOFT_365, ["exchange", "intune"])
    _date_mails_back(now)


def _date_mails_back(now: datetime) -> None:
    """What happened before `now` was told on its day: nobody gets a fortnight's mails, with dates gone by, at once."""
    for event, at in Event.objects.filter(at__lt=now).values_list("pk", "at"):
        told = OutboxMail.objects.filter(event_key__startswith=f"{event}:", state=MailState.WAITING)
        sent = {"state": MailState.SENT, "attempts": 1, "sent_at": at + SENDING}
        told.update(queued_at=at, next_attempt_at=at, **sent)


def _days_ago(business_days: int) -> datetime:
    """In the morning of a business day before today, at the review site: so that claims have a past to show."""
    calendar = review_calendar()
    return datetime.combine(
        add_working_days(review_day(), -business_days, calendar), MORNING, ZoneInfo(calendar.time_zone)
    )


def _ask_for_signature(claim: Claim, *, by: User, at: datetime) -> None:
    request_information(
        reference=claim.reference,
        by=by,
        reasons=[Reason.ACKNOWLEDGEMENT_MISSING, Reason.DATES_MISSING_OR_OLD],
        text="The document is not signed by the customer. Please add one with a signature and its date.",
        at=at,
    )


def _file(
    by: User,
    customer: str,
    area: SolutionArea,
    codes: Sequence[str],
    *,
    at: datetime | None = None,
    is_signed: bool = True,
) -> Claim:
    """File a claim the way the wizard does: every step checked, saved, and submitted, now or at an earlier instant."""
    firm, tenant, today = people.firm_of(by), Tenant.objects.get(display_name=customer), review_day()
    assert firm is not None  # noqa: S101 - the demo's partners have a firm
    domain = tenant.domains.order_by("name")[0].name
    reference = start_draft(by=by).reference
    answer = check_tenant(str(tenant.tenant_id), domain, directory())
    save_tenant(reference=reference, by=by, answer=answer)
    save_activity(reference=reference, by=by, area=area, activities=[Activity.USAGE])
    location = firm.locations.order_by("mpn_id")[0]
    claim = save_mpn(reference=reference, by=by, location=check_mpn(location.mpn_id, firm))
    products = check_products(
        codes=codes,
        entered={},
        area=area,
        firm=firm,
        tenant_id=tenant.tenant_id,
        source=directory(),
        except_claim=claim,
        today=today,
    )
    save_products(reference=reference, by=by, answer=products)
    values = check_contacts(_contacts(by, tenant, domain), area, [Activity.USAGE], firm=firm)
    save_contacts(reference=reference, by=by, values=values)
    _add_proof(claim, by, at=at, is_signed=is_signed)
    if at:
        Claim.objects.filter(pk=claim.pk).update(created_at=at, edited_at=at, tenant_verified_at=at)
    return submit(reference=reference, by=by, at=at)


def _add_proof(claim: Claim, by: User, *, at: datetime | None, is_signed: bool = True) -> None:
    # Imported here: loading it takes a second of every start, and it is needed at the first one only.
    from arbitration.demo_proof import proof_of, read_proof

    claim = Claim.objects.get(pk=claim.pk)
    file = proof_of(claim, by, on=(at or timezone.now()).date(), is_signed=is_signed)
    add_documents(reference=claim.reference, by=by, files=[file], at=at)
    read_proof(claim, at=at)


def _contacts(by: User, tenant: Tenant, domain: str) -> dict[str, str]:
    contact = {"name": "Casey Customer", "title": "Head of IT", "email": f"casey@{domain}"}
    technical = {"name": "Toni Technical", "title": "Administrator", "email": f"toni@{domain}"}
    return {
        "name": f"Adoption at {tenant.display_name}",
        **{f"customer_{key}": value for key, value in contact.items()},
        **{f"technical_{key}": value for key, value in technical.items()},
        "partner_name": by.name,
        "partner_email": by.email,
    }
