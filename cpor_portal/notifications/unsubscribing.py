"""The address with which a mail program, or its reader, asks for fewer mails (RFC 8058), without signing in."""

from django.core.signing import BadSignature, Signer

from cpor_portal.accounts.models import User
from cpor_portal.notifications.links import link_to

SALT = "cpor_portal.notifications.unsubscribing"


def token_for(person_id: int) -> str:
    """The person's token: signed, without an end, because a mail may be read years later."""
    return Signer(salt=SALT).sign(str(person_id))


def address_for(person_id: int) -> str:
    """The person's own address at the portal."""
    return link_to("unsubscribe", token_for(person_id))


def person_of(token: str) -> User | None:
    """Whose token it is; None for one that the portal did not sign, and for somebody who is gone."""
    try:
        person_id = Signer(salt=SALT).unsign(token)
    except BadSignature:
        return None
    return User.objects.filter(pk=person_id).first()
