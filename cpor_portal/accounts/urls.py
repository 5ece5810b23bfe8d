"""The pages about people and firms (design.md, "Contract")."""

from django.urls import path

from cpor_portal.accounts import views

urlpatterns = [
    path("incentives/", views.incentives, name="incentives"),
    path("settings/", views.own_settings, name="settings"),
]
