"""Taking back what the outbox knows of something that goes without a trace."""

from cpor_portal.notifications.models import MailState, OutboxMail


def forget(claim_reference: str) -> None:
    """Empty every mail about this claim, in the transaction that deletes it; what was not sent is not sent any more.

    That a mail went, to whom and when, stays; what it said goes (design.md, "What always holds" 2).
    """
    mails = OutboxMail.objects.filter(claim_reference=claim_reference)
    mails.filter(state__in=(MailState.WAITING, MailState.HELD)).update(state=MailState.SUPERSEDED)
    mails.update(claim_reference="", subject="", text="", html="")
