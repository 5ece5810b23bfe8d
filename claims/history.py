"""The history in sentences: events are verbs with data, and the sentence is built when it is shown.

A partner reads "Microsoft" where a reviewer acted; reviewers read names (docs/decisions/who-is-named.md).
"""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from claims.models import Claim, Comment, Event
from claims.transitions import Act, Actor
from claims.words import Audience, DeadlineKind, Reason
from cpor_portal.accounts import permissions as people
from cpor_portal.accounts.models import User
from cpor_portal.look.templatetags.look import moment_in_words

Sentence = Callable[[str, dict[str, Any]], str]


def _products(data: dict[str, Any]) -> str:
    return ", ".join(data.get("products", []))


def _reasons(data: dict[str, Any]) -> str:
    return "; ".join(str(Reason(code).label) for code in data.get("reasons", []))


def _added_proof(who: str, data: dict[str, Any]) -> str:
    if "cells" in data:
        return _("%(who)s noted where the proof shows what.") % {"who": who}
    count = len(data.get("documents", []))
    return ngettext("%(who)s added a document.", "%(who)s added %(count)d documents.", count) % {
        "who": who,
        "count": count,
    }


def _approved(who: str, data: dict[str, Any]) -> str:
    count = len(data.get("missing", []))
    named = {"who": who, "products": _products(data), "codes": ", ".join(data.get("despite", [])), "count": count}
    told = _("%(who)s approved: %(products)s.") % named
    if named["codes"]:
        told = _("%(who)s approved, although not every fact held (%(codes)s): %(products)s.") % named
    if not count:
        return told
    words = ngettext(
        "It was approved although %(count)d cell of the proof matrix was missing.",
        "It was approved although %(count)d cells of the proof matrix were missing.",
        count,
    )
    return f"{told} {words % named}"


def _assigned(who: str, data: dict[str, Any]) -> str:
    named = {"who": who, "reviewer": data["reviewer_name"], "before": data.get("before_name", "")}
    if named["before"]:
        return _("%(who)s assigned the claim to %(reviewer)s; before, %(before)s had it.") % named
    return _("%(who)s assigned the claim to %(reviewer)s.") % named


def _handed_back(who: str, data: dict[str, Any]) -> str:
    named = {"who": who, "reviewer": data["reviewer_name"]}
    if data["why"] == "absence":
        return _("%(reviewer)s is away, so the claim went back to the queue.") % named
    if data["why"] == "conflict":
        return _("%(reviewer)s has a conflict of interest, so the claim went back to the queue.") % named
    if data["why"] == "arbiter":
        return _("%(who)s put the claim back into the queue; before, %(reviewer)s had it.") % named
    return _("%(who)s handed the claim back to the queue.") % named


def _asked(who: str, data: dict[str, Any]) -> str:
    count = len(data.get("cells", []))
    named = {"who": who, "reasons": _reasons(data), "count": count}
    if not count:
        return _("%(who)s asked for more information: %(reasons)s.") % named
    words = ngettext(
        "%(who)s asked for more information: %(reasons)s. It is about %(count)d cell of the proof matrix.",
        "%(who)s asked for more information: %(reasons)s. It is about %(count)d cells of the proof matrix.",
        count,
    )
    return words % named


def _rejected(who: str, data: dict[str, Any]) -> str:
    count = len(data.get("cells", []))
    named = {"who": who, "products": _products(data), "reasons": _reasons(data), "count": count}
    if not count:
        return _("%(who)s rejected: %(products)s. Reasons: %(reasons)s.") % named
    words = ngettext(
        "%(who)s rejected: %(products)s. Reasons: %(reasons)s. %(count)d cell of the proof matrix did not hold.",
        "%(who)s rejected: %(products)s. Reasons: %(reasons)s. %(count)d cells of the proof matrix did not hold.",
        count,
    )
    return words % named


def _missed(who: str, data: dict[str, Any]) -> str:
    if data.get("kind") == DeadlineKind.CORRECTION:
        return _("The deadline of the answer to the correction was missed; the arbiters were told.")
    return _("The review deadline was missed; the arbiters were told.")


AMENDED: dict[str, Sentence] = {
    "mpn": lambda who, data: _("%(who)s changed the MPN location.") % {"who": who},
    "products": lambda who, data: _("%(who)s changed the products.") % {"who": who},
    "contacts": lambda who, data: _("%(who)s changed the contacts.") % {"who": who},
    "proof": lambda who, data: _("%(who)s removed a document.") % {"who": who},
}
SENTENCES: dict[str, Sentence] = {
    Act.SUBMIT: lambda who, data: _("%(who)s submitted the claim.") % {"who": who},
    Act.AMEND: lambda who, data: AMENDED[data["step"]](who, data),
    Act.ADD_PROOF: _added_proof,
    Act.COMMENT: lambda who, data: _("%(who)s wrote a comment.") % {"who": who},
    Act.ASSIGN: _assigned,
    Act.TAKE: lambda who, data: _("%(who)s took the claim over.") % {"who": who},
    Act.HAND_BACK: _handed_back,
    Act.START_REVIEW: lambda who, data: _("%(who)s started the review.") % {"who": who},
    Act.VERIFY: lambda who, data: _("%(who)s verified: %(products)s.") % {"who": who, "products": _products(data)},
    Act.REQUEST_INFORMATION: _asked,
    Act.RESUBMIT: lambda who, data: _("%(who)s answered and resubmitted the claim.") % {"who": who},
    Act.APPROVE: _approved,
    Act.REJECT: _rejected,
    Act.REMOVE: lambda who, data: _("%(who)s removed: %(products)s.") % {"who": who, "products": _products(data)},
    Act.ASK_CORRECTION: lambda who, data: _("%(who)s asked for a correction.") % {"who": who},
    Act.WITHDRAW_CORRECTION: lambda who, data: _("%(who)s took the correction back.") % {"who": who},
    Act.CORRECT: lambda who, data: _("%(who)s accepted the correction; the claim says so now.") % {"who": who},
    Act.REFUSE_CORRECTION: lambda who, data: (
        _("%(who)s refused the correction; the claim stays as it was.") % {"who": who}
    ),
    Act.WITHDRAW: lambda who, data: _("%(who)s withdrew: %(products)s.") % {"who": who, "products": _products(data)},
    Act.EXPIRE_PARTNER_ANSWER: lambda who, data: (
        _("No answer came in time, so these products were rejected: %(products)s.") % {"products": _products(data)}
    ),
    Act.OPEN_CASE: lambda who, data: (
        _("Another partner claims the same, so arbitration was opened: %(products)s.") % {"products": _products(data)}
    ),
    Act.AWAIT_RULING: lambda who, data: _("The time to add proof for arbitration is over for every side."),
    Act.CLOSE_CASE: lambda who, data: _("Arbitration was closed without a ruling."),
    Act.CLOSE_EVIDENCE: lambda who, data: _("The time to add proof for arbitration has ended."),
    Act.RULE_FOR: lambda who, data: (
        _("Arbitration was decided for this claim: %(products)s.") % {"products": _products(data)}
    ),
    Act.RULE_AGAINST: lambda who, data: (
        _("Arbitration was decided against this claim: %(products)s.") % {"products": _products(data)}
    ),
    Act.RELEASE: lambda who, data: _("%(who)s released: %(products)s.") % {"who": who, "products": _products(data)},
    Act.TELL_CUSTOMER: lambda who, data: _("The customer was told."),
    Act.DECLINE_IN_WINDOW: lambda who, data: _("The customer declined: %(products)s.") % {"products": _products(data)},
    Act.DECLINE_LATER: lambda who, data: (
        _("The customer declined after the window had ended: %(products)s.") % {"products": _products(data)}
    ),
    Act.CONFIRM: lambda who, data: _("The association is confirmed for programmes."),
    Act.END_SUBSCRIPTION: lambda who, data: (
        _("The subscription ended, and the association with it: %(products)s.") % {"products": _products(data)}
    ),
    Act.LOSE_LATER: lambda who, data: (
        _("Another partner holds this now, by a ruling in arbitration: %(products)s.") % {"products": _products(data)}
    ),
    Act.DISPUTE: lambda who, data: _("%(who)s disputed the decision.") % {"who": who},
    Act.REOPEN: lambda who, data: _("%(who)s reopened the claim after a dispute.") % {"who": who},
    Act.DISMISS_DISPUTE: lambda who, data: _("%(who)s dismissed the dispute.") % {"who": who},
    "deadline_reminded": lambda who, data: _("A reminder of the deadline went out."),
    "deadline_missed": _missed,
    "became_contested": lambda who, data: _("Another partner holds or claims a product of this claim."),
    "no_longer_contested": lambda who, data: _("No other partner claims the product any longer."),
}


# Nobody is told of these as the last thing that happened.
UNTOLD = ("deadline_reminded",)
PORTAL_COMMENTS = {Reason.NO_PARTNER_RESPONSE: lambda: _("No answer to our questions came within the time given.")}


def comment_text(comment: Comment) -> str:
    """What a comment says; the portal's own are built in the reader's language from their reasons."""
    if comment.body:
        return comment.body
    return " ".join(PORTAL_COMMENTS[Reason(code)]() for code in comment.reasons)


def who_did(event: Event, *, reader: User | None) -> str:
    """Whoever acted, as `reader` may know it."""
    if event.actor is None:
        return str(_("The portal"))
    is_staff = event.actor_role in (Actor.REVIEWER, Actor.ARBITER)
    if is_staff and not (reader and people.is_reviewer(reader)):
        return pgettext("who acted", "Microsoft")
    return str(event.actor)


def who_wrote(comment: Comment, *, reader: User) -> str:
    """Whoever wrote a comment, as `reader` may know it."""
    if comment.author is None:
        return str(_("The portal"))
    if comment.author_is_staff and not people.is_reviewer(reader):
        return pgettext("who acted", "Microsoft")
    return str(comment.author)


def sentence(event: Event, *, reader: User | None) -> str:
    """One event as a sentence in the active language."""
    return SENTENCES[event.verb](who_did(event, reader=reader), event.data)


def what_happened_last(claim: Claim, *, reader: User | None) -> str:
    """What the reader may know of the newest change, for the page that says "somebody was first"."""
    events = claim.events.select_related("actor").exclude(verb__in=UNTOLD)
    if not (reader and people.is_reviewer(reader)):
        events = events.filter(audience=Audience.PARTNER)
    event = events.order_by("-id").first()
    if event is None:
        return str(_("This claim has changed since you opened the page."))
    when = moment_in_words(event.at)
    return str(
        _("The last thing that happened on this claim, %(when)s: %(what)s")
        % {"when": when, "what": sentence(event, reader=reader)}
    )
