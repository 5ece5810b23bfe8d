"""All paths of the portal; their names are fixed in design.md, "Contract that others rely on"."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from django_prometheus.exports import ExportToDjangoView

from cpor_portal.look import guidance, views
from cpor_portal.notifications import unsubscribe

handler400 = "cpor_portal.look.errors.bad_request"
handler403 = "cpor_portal.look.errors.permission_denied"
handler404 = "cpor_portal.look.errors.not_found"
handler500 = "cpor_portal.look.errors.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("", include("claims.urls")),
    path("", include("arbitration.urls")),
    path("", include("cpor_portal.accounts.urls")),
    path("mailbox/", include("cpor_portal.notifications.urls")),  # empty unless settings.MAILBOX_DIR
    path("mail/unsubscribe/<str:token>/", unsubscribe.page, name="unsubscribe"),
    path("outbox/", include("cpor_portal.notifications.desk.urls")),
    path("language/", views.choose_language, name="language"),
    path("guidance/<slug:topic>/", guidance.page, name="guidance"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("metrics", ExportToDjangoView, name="metrics"),
    path("accounts/", include("cpor_portal.accounts.sign_in")),
    path("admin/", admin.site.urls),
]
