"""Everybody who may have a claim in hand, those who left included; never a partner's people."""

from django.db.models import QuerySet

from cpor_portal.accounts.models import User


def who_may_have_claims() -> QuerySet[User]:
    """All who have a role at Microsoft, or once had: whoever had a claim has a desk.

    Each half by an index of its own (people_at_microsoft, and the desks), so that the partners' people are not read.
    """
    with_role = User.objects.exclude(staff_role="").order_by().values("pk")
    with_desk = User.objects.filter(desk__isnull=False).order_by().values("pk")
    return User.objects.filter(pk__in=with_role.union(with_desk, all=True))
