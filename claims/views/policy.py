"""What a browser lets into the proof room: less than into the portal's other pages (docs/decisions/viewer.md)."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Concatenate, ParamSpec

from csp.decorators import csp
from django.http import HttpRequest, HttpResponseBase

Params = ParamSpec("Params")
View = Callable[Concatenate[HttpRequest, Params], HttpResponseBase]

# Pictures are the portal's own, drawn or shipped: none from within a page or a stylesheet. Connections are asked for by
# the page's scripts, which wait for pictures and store ticks. Nothing is framed, and the room stands in no frame.
ROOM_POLICY: Mapping[str, str] = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}


def in_the_room(view: View[Params]) -> View[Params]:
    """Answer a page under `ROOM_POLICY` in place of the portal's own."""

    @wraps(view)
    def answer(request: HttpRequest, /, *args: Params.args, **kwargs: Params.kwargs) -> HttpResponseBase:
        return csp(dict(ROOM_POLICY))(lambda request: view(request, *args, **kwargs))(request)

    return answer
