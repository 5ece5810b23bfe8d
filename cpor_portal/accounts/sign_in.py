"""Which of allauth's pages the portal offers, and at which addresses.

An address is the login and comes by import, so nobody changes it here; there are no codes and no second sign-in.
What is not offered does not exist, also where a later allauth brings a page of its own.
"""

from http import HTTPStatus
from typing import Any

from allauth.account import urls as allauth_urls
from allauth.account.views import LoginView
from django.core.exceptions import NON_FIELD_ERRORS
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern

OFFERED = frozenset(
    {
        "account_login",
        "account_logout",
        "account_inactive",
        "account_signup",  # says that it is closed, and whom to ask
        "account_email_verification_sent",
        "account_confirm_email",
        "account_change_password",
        "account_reset_password",
        "account_reset_password_done",
        "account_reset_password_from_key",
        "account_reset_password_from_key_done",
    }
)


class SignInView(LoginView):  # type: ignore[misc]  # allauth has no types
    """allauth's sign-in page, which also says in its status that an address is closed for some minutes."""

    def form_invalid(self, form: Form) -> HttpResponse:
        """The form again; 429 after too many wrong passwords (settings.ACCOUNT_RATE_LIMITS), whatever was typed."""
        answer: HttpResponse = super().form_invalid(form)
        if form.has_error(NON_FIELD_ERRORS, "too_many_login_attempts"):
            answer.status_code = HTTPStatus.TOO_MANY_REQUESTS
        return answer


def not_offered(request: HttpRequest, **_arguments: Any) -> HttpResponse:
    """404; the names stay, for allauth itself looks some of them up."""
    raise Http404


def _view_for(pattern: URLPattern) -> Any:
    if pattern.name == "account_login":
        return SignInView.as_view()
    return pattern.callback if pattern.name in OFFERED else not_offered


urlpatterns = [
    URLPattern(pattern.pattern, _view_for(pattern), pattern.default_args, pattern.name)
    for pattern in allauth_urls.urlpatterns
]
