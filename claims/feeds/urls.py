"""The addresses of calendars; `claims.urls` puts them into the namespace `claims`."""

from django.urls import path

from claims.feeds import views

urlpatterns = [
    path("calendar/", views.show, name="calendar"),
    path("calendar/feeds/", views.make, name="make_feed"),
    path("calendar/feeds/<int:feed_id>/revoke/", views.revoke, name="revoke_feed"),
    path("calendar/feed/<str:token>.ics", views.feed, name="calendar_feed"),
    path("claims/<reference:reference>/deadlines/<int:deadline_id>.ics", views.deadline, name="deadline_ics"),
]
