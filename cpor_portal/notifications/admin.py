"""The outbox in Django's admin: to be looked at. Nobody writes or changes a mail by hand."""

from django.contrib import admin
from django.http import HttpRequest

from cpor_portal.notifications.models import OutboxMail


@admin.register(OutboxMail)
class OutboxMailAdmin(admin.ModelAdmin[OutboxMail]):
    """Which mail went to whom, when, and why one has not."""

    list_display = ("queued_at", "recipient", "subject", "state", "attempts", "next_attempt_at", "sent_at")
    list_filter = ("state", "kind", "language")
    search_fields = ("=claim_reference", "recipient__istartswith", "=message_id", "=event_key")
    ordering = ("-id",)
    show_full_result_count = False

    def get_exclude(self, request: HttpRequest, obj: OutboxMail | None = None) -> tuple[str, ...]:
        """A mail that lets its reader into somebody's account is not to be read here, not even while it waits."""
        return ("text", "html") if obj is not None and obj.is_secret else ()

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Mails come from acts alone."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: OutboxMail | None = None) -> bool:
        """What was queued stays as it was queued."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: OutboxMail | None = None) -> bool:
        """A deleted row could be queued and sent a second time."""
        return False
