"""/mailbox/…: there only while mail goes into files on this machine (settings.MAILBOX_DIR)."""

from django.conf import settings
from django.urls import path

from cpor_portal.notifications import views

urlpatterns = (
    [
        path("", views.mailbox, name="mailbox"),
        path("<slug:name>/", views.message, name="mailbox-message"),
        path("<slug:name>/html/", views.message_html, name="mailbox-message-html"),
    ]
    if settings.MAILBOX_DIR
    else []
)
