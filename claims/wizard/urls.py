"""The wizard's addresses; `claims.urls` puts them into the namespace `claims`."""

from django.urls import path

from claims.wizard import views

urlpatterns = [
    path("claims/new/", views.new, name="new"),
    path("claims/<reference:reference>/edit/<slug:step>/", views.edit_step, name="edit"),
    path("claims/<reference:reference>/submit/", views.submit, name="submit"),
    path("claims/<reference:reference>/delete/", views.delete_draft, name="delete_draft"),
]
