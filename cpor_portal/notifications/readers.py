"""Who gets mail: one rule for delivery, for digests and for sending again."""

from cpor_portal.accounts.models import User


def may_get_mail(person: User | None) -> bool:
    """Whether mail to `person` may go: whoever may no longer sign in gets none.

    None is an address that stands for nobody in the portal's accounts: mails about an account go to such addresses.
    """
    return person is None or person.is_active
