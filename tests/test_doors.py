"""Every door of the portal, taken from the URLconf itself: who is let in, and who is told that it does not exist."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from claims.models import Claim
from cpor_portal.accounts.models import PartnerRole, StaffRole, User
from tests.support.factories import make_person, make_staff, make_workload
from tests.support.stories import make_customer, make_draft, make_side, make_under_review

pytestmark = pytest.mark.django_db

# Open without signing in, by design.md, "Contract": sign-in itself, health, metrics, guidance; the language switch; and
# a feed and the one click for fewer mails, which their tokens alone protect.
OPEN = {"healthz", "readyz", "metrics", "guidance", "language", "claims:calendar_feed", "unsubscribe"}
METHODS = ("get", "head", "post", "put", "patch", "delete", "options")
NOT_OURS = ("accounts/", "admin/")


Door = tuple[str, tuple[str, ...]]
"""A path's name, and its parameters."""


def _doors() -> Iterator[Door]:
    """(name, its parameters) of every path but allauth's and the admin's."""
    yield from _below(get_resolver().url_patterns, "")


def _below(patterns: list[URLPattern | URLResolver], namespace: str) -> Iterator[Door]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            if str(pattern.pattern) not in NOT_OURS:
                yield from _below(pattern.url_patterns, f"{pattern.namespace}:" if pattern.namespace else namespace)
        else:
            assert pattern.name, f"{pattern.pattern} has no name"
            yield f"{namespace}{pattern.name}", tuple(pattern.pattern.converters)


DOORS = sorted(set(_doors()))
CLOSED = [door for door in DOORS if door[0] not in OPEN]
OF_A_CLAIM = [door for door in DOORS if "reference" in door[1]]
OF_THE_OUTBOX = [door for door in DOORS if door[0].startswith("outbox:")]
PARTNERS_ALONE = {"edit", "submit", "resubmit", "withdraw", "delete_draft", "correct", "withdraw_correction"}


def _path(door: Door, claim: Claim) -> str:
    document, deadline = claim.documents.first(), claim.deadlines.first()
    known = {"reference": claim.reference, "step": "contacts", "document_id": document.pk if document else 1}
    known |= {"code": "submitted", "lang": "en", "deadline_id": deadline.pk if deadline else 1, "page": 1}
    known["number"] = 1
    known["name"] = "20261122T120000000000Z-0000000000000000"
    arguments = {name: known.get(name, document.pk if document else 1) for name in door[1]}
    return reverse(door[0], kwargs=arguments)


def _client(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def claim() -> Claim:
    return make_under_review(make_staff())


def test_the_walk_knows_the_contracts_paths() -> None:
    assert {
        "claims:detail",
        "claims:edit",
        "claims:document",
        "claims:template_pdf",
        "claims:proof",
        "claims:page_picture",
        "arbitration:workspace",
        "incentives",
    } <= {name for name, _parameters in DOORS}
    assert len(OF_A_CLAIM) >= 15
    assert len(OF_THE_OUTBOX) >= 8


# Each question is asked at all doors in one test: making a claim costs more than knocking.
Said = tuple[str, str, str, int]
"""Door, who knocked, method, and the answer that should not have been."""


def test_nobody_comes_in_without_signing_in(claim: Claim) -> None:
    wrong: list[Said] = []
    nobody = Client()
    for door in CLOSED:
        path = _path(door, claim)
        for method in METHODS:
            answer = getattr(nobody, method)(path)
            if answer.status_code != 302 or not answer["Location"].startswith(reverse("account_login")):
                wrong.append((door[0], "nobody", method, answer.status_code))
    assert wrong == []


def test_what_was_typed_comes_back_to_somebody_whose_sign_in_has_ended(claim: Claim) -> None:
    for door in CLOSED:
        path = _path(door, claim)
        answer = Client().post(path, {"text": "A <long> answer"}, headers={"Referer": f"http://testserver{path}"})
        assert answer.status_code == 403, door
        page = answer.content.decode()
        assert "A &lt;long&gt; answer" in page, door
        assert f'href="{reverse("account_login")}?next={path}"' in page, door
    assert Claim.objects.get(pk=claim.pk).version == claim.version


def test_another_firms_claim_does_not_exist(claim: Claim) -> None:
    firm = make_side().firm
    strangers = [make_person(firm, role) for role in PartnerRole]
    assert _let_in(OF_A_CLAIM, claim, strangers) == []


def test_the_outgoing_mail_does_not_exist_for_partners(claim: Claim) -> None:
    firm = make_side().firm
    assert _let_in(OF_THE_OUTBOX, claim, [make_person(firm, role) for role in PartnerRole]) == []


def test_a_draft_does_not_exist_for_microsoft() -> None:
    workload = make_workload()
    draft = make_draft(make_side(), make_customer(workload), [workload])
    assert _let_in(OF_A_CLAIM, draft, [make_staff(role) for role in StaffRole]) == []


def test_a_portal_admin_sees_no_claim(claim: Claim) -> None:
    assert _let_in(OF_A_CLAIM, claim, [make_staff(StaffRole.PORTAL_ADMIN)]) == []


def _let_in(doors: list[Door], claim: Claim, people: list[User]) -> list[Said]:
    """Where somebody is not told that the place does not exist; a method that a page has not is the same to all."""
    wrong: list[Said] = []
    for person in people:
        client, who = _client(person), person.staff_role or person.membership.role
        for door in doors:
            path = _path(door, claim)
            answers = {method: getattr(client, method)(path).status_code for method in ("get", "post")}
            wrong += [(door[0], who, method, code) for method, code in answers.items() if code not in (404, 405)]
            wrong += [(door[0], who, "any", 405)] if 404 not in answers.values() else []
    return wrong


def test_partners_have_no_door_to_the_desk_and_reviewers_none_to_the_wizard(claim: Claim) -> None:
    partner, reviewer = _client(claim.submitted_by), _client(claim.reviewer)
    for door in OF_A_CLAIM:
        package, _colon, name = door[0].partition(":")
        if package != "arbitration" and name not in PARTNERS_ALONE:
            continue
        client = partner if package == "arbitration" else reviewer
        # A claim that a reviewer may see is refused as such, 403; for a partner the desk does not exist at all.
        refused = {404, 405} if package == "arbitration" else {403, 404, 405}
        answered = {getattr(client, method)(_path(door, claim)).status_code for method in ("get", "post")}
        assert answered <= refused, (door, answered)
        assert answered - {405}, door


def test_looking_changes_nothing(claim: Claim) -> None:
    for person in (claim.submitted_by, claim.reviewer):
        client = _client(person)
        for door in OF_A_CLAIM:
            for method in ("get", "head", "options"):
                # Read to its end, so that a document's file is closed.
                list(getattr(client, method)(_path(door, claim)))
    assert Claim.objects.get(pk=claim.pk).version == claim.version
    assert Claim.objects.count() == 1
