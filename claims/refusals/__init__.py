"""Every refusal in words: what is wrong, who must act, how, and a message that is ready to send.

`refused` builds the fault that a check raises, `explain` what a page shows of it. The words themselves stand
beside this file, one module per step of the wizard (domain.md, "Why a subscription is refused").
"""

from typing import Any

from claims.models import Claim
from claims.refusals import activity, contacts, mpn, products, proof, tenant
from claims.refusals.advice import Advice, Cause, Facts, Reader, Who, Words
from claims.refusals.explanation import Explanation, Link
from claims.refusals.letters import message_of
from claims.refusals.links import links_of
from cpor_portal.faults import Fault, Refused

__all__ = ["ADVICE", "Explanation", "Link", "Reader", "Who", "explain", "refused"]

ADVICE: dict[Cause, Advice] = {
    **tenant.ADVICE,
    **activity.ADVICE,
    **mpn.ADVICE,
    **products.ADVICE,
    **contacts.ADVICE,
    **proof.ADVICE,
}


_NO_ADVICE = Advice(title="", text="", who=Who.YOU)


class _Filling(dict[str, Any]):
    """The facts that fill a text's places; a fact that the raiser did not know becomes a dash, never a 500."""

    def __missing__(self, _name: str) -> str:
        return "–"


def refused(code: str, *, field: str = "", variant: str = "", **facts: Any) -> Refused:
    """The fault for `code`, its text in the reader's language. `variant` tells causes of one code apart."""
    text = _filled(_advice(code, variant).text, facts)
    return Refused(code, text, field=field, variant=variant, **facts)


def explain(fault: Fault, claim: Claim | None = None) -> Explanation:
    """Everything a page shows about `fault`, in the language that is active.

    `claim` adds the customer's and the firm's names to the messages and the reference to the link to support. A
    fault of another package (a conflict, say) is shown with its own text.
    """
    facts = {**_facts_of(claim), **fault.facts}
    if (fault.code, "") not in ADVICE:
        return _in_its_own_words(fault, facts)
    advice = _advice(fault.code, facts.get("variant", ""))
    message = message_of(advice.letter, _Filling(facts))
    return Explanation(
        code=fault.code,
        title=_filled(advice.title, facts),
        text=_filled(advice.text, facts),
        who=advice.who,
        steps=_steps_of(advice, facts),
        message=message,
        links=links_of(fault.code, advice, facts, message),
    )


def _in_its_own_words(fault: Fault, facts: Facts) -> Explanation:
    support = links_of(fault.code, _NO_ADVICE, facts, None)
    return Explanation(fault.code, str(fault.text), "", Who.YOU, (), None, support)


def _advice(code: str, variant: str) -> Advice:
    """The advice for the variant, or the code's plain one: a text's form may look like things without own words."""
    return ADVICE.get((code, variant)) or ADVICE[code, ""]


def _steps_of(advice: Advice, facts: Facts) -> tuple[str, ...]:
    own = advice.steps_of(facts) if advice.steps_of else ()
    return (*own, *(_filled(step, facts) for step in advice.steps))


def _filled(words: Words, facts: Facts) -> str:
    return str(words % _Filling(facts)) if facts else str(words)


def _facts_of(claim: Claim | None) -> dict[str, Any]:
    if claim is None:
        return {}
    facts = {
        "reference": claim.reference,
        "customer": claim.customer_display_name,
        "tenant_id": claim.tenant_id,
        "domain": claim.domain,
        "firm": claim.firm.name,
    }
    return {name: value for name, value in facts.items() if value}
