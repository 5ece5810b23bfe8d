"""/outbox/…: for Microsoft's people, whatever their role."""

from django.urls import path

from cpor_portal.notifications.desk import templates_shown, views

app_name = "outbox"

urlpatterns = [
    path("", views.outgoing, name="list"),
    path("resend/", views.resend_many, name="resend_many"),
    path("templates/", templates_shown.kinds, name="templates"),
    path("templates/<slug:code>/", templates_shown.kind, name="template"),
    path("templates/<slug:code>/<slug:lang>/html/", templates_shown.kind_html, name="template_html"),
    path("<int:mail_id>/", views.mail, name="mail"),
    path("<int:mail_id>/html/", views.mail_html, name="mail_html"),
    path("<int:mail_id>/resend/", views.resend, name="resend"),
]
