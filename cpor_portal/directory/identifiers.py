"""Reading what people type or paste where an id or a domain is asked (domain.md, "Identities").

Pure functions: text in, one canonical value out, or `Malformed`. Whether the value exists is the directory's
business. Every reader is idempotent: reading the text of its own answer gives the same answer.
"""

import re
import uuid
from dataclasses import dataclass
from enum import StrEnum

from cpor_portal.directory.domain_names import customer_domain, display_form
from cpor_portal.directory.pasted import DECORATION, MAX_TYPED, tidy


class MalformedCode(StrEnum):
    """What could not be read; the refusal codes of domain.md, plus one for the MPN step."""

    TENANT_ID = "tenant_id_malformed"
    DOMAIN = "domain_malformed"
    MPN_ID = "mpn_id_malformed"
    SUBSCRIPTION_ID = "not_a_subscription_id"


class LooksLike(StrEnum):
    """What refused text seems to be instead, so that the refusal can say so."""

    EMAIL = "email"
    ORDER_NUMBER = "order_number"
    SKU_PART_NUMBER = "sku_part_number"
    DOMAIN = "domain"
    MPN_ID = "mpn_id"
    URL_WITHOUT_ID = "url_without_id"
    ALL_ZERO = "all_zero"
    TENANT_ID = "tenant_id"
    SUBSCRIPTION_ID = "subscription_id"
    OTHER_ID = "other_id"
    """A GUID whose own label says that it is something else: a user, an app, a SKU."""
    SEVERAL_IDS = "several_ids"
    GUID = "guid"
    """A GUID, no telling of what."""
    TEXT = "text"


class Malformed(ValueError):
    """The text is no such id or domain. `code` says what was wanted, `looks_like` what was found."""

    def __init__(self, code: MalformedCode, looks_like: LooksLike = LooksLike.TEXT) -> None:
        super().__init__(code, looks_like)
        self.code = code
        self.looks_like = looks_like


@dataclass(frozen=True)
class Domain:
    """A full domain name: `name` lower-case ASCII (for look-ups), `display` as people write it."""

    name: str
    display: str

    def __str__(self) -> str:
        """The name that look-ups use."""
        return self.name


def read_tenant_id(text: str) -> uuid.UUID:
    """The tenant id in `text`, bare, decorated, labelled or inside a pasted portal URL.

    Of several GUIDs the one that a label, parameter or path names as the tenant counts; otherwise, and for a
    GUID that is named as something else, or is all zeros, raises Malformed (domain.md, "Identities").
    """
    guid = _read_guid(text, _TENANT_NAMES, _SUBSCRIPTION_NAMES | _OTHER_NAMES)
    if guid is None:
        raise Malformed(MalformedCode.TENANT_ID, kind_of_text(text))
    return guid


def read_subscription_id(text: str) -> uuid.UUID:
    """The subscription id in `text`, as leniently as a tenant id, `/subscriptions/<id>` included.

    Either of a subscription's two ids; telling a bare tenant or SKU id apart needs the directory. Raises
    Malformed (domain.md, "Why a subscription is refused").
    """
    guid = _read_guid(text, _SUBSCRIPTION_NAMES, _TENANT_NAMES | _OTHER_NAMES)
    if guid is None:
        raise Malformed(MalformedCode.SUBSCRIPTION_ID, kind_of_text(text))
    return guid


def read_mpn_id(text: str) -> str:
    """The 6 to 8 digits of an MPN ID; labels (MPN, PLA, PGA, Partner ID, #) and digit grouping are dropped.

    Leading zeros stay: an MPN ID is a name made of digits, and a shorter one may belong to another firm.
    Whether it is a global id is not visible in the text. Raises Malformed (domain.md, "Identities").
    """
    digits = _mpn_digits(text) if len(text) <= MAX_TYPED else None
    if digits is None:
        raise Malformed(MalformedCode.MPN_ID, kind_of_text(text))
    return digits


def read_domain(text: str) -> Domain:
    """The customer's domain in `text`: a name, an e-mail address, a URL, or the part before .onmicrosoft.com.

    Names are normalised by UTS 46 and IDNA 2008; SharePoint and mail-routing hosts become the tenant's
    initial domain. Raises Malformed for all that cannot name one tenant: IP addresses, Dynamics and portal
    hosts, GUIDs, bare numbers (domain.md, "Identities").
    """
    name = _domain_name(text)
    if name is None:
        kind = kind_of_text(text)
        raise Malformed(MalformedCode.DOMAIN, LooksLike.TENANT_ID if kind is LooksLike.GUID else kind)
    return Domain(name, display_form(name))


def kind_of_text(text: str) -> LooksLike:
    """What `text` seems to be, judged by its form alone."""
    if len(text) > MAX_TYPED:
        return LooksLike.TEXT
    tidied = tidy(text)
    return _kind_of_guids(tidied) or _kind_of_link(tidied) or _kind_of_word(text, tidied) or LooksLike.TEXT


# --- GUIDs -------------------------------------------------------------------------------------------------

_WHOLE_GUID = re.compile(r"[0-9a-f]{8}(?:-?[0-9a-f]{4}){3}-?[0-9a-f]{12}")
# Power Platform calls a tenant's first environment Default-<tenant id>; else a GUID stands on its own.
_GUID_INSIDE = re.compile(
    r"(?:(?<![\w-])|(?<=\bdefault-))([0-9a-f]{8}(-?)(?:[0-9a-f]{4}\2){3}[0-9a-f]{12})(?![\w-])", re.ASCII
)
_LINE_BREAK = re.compile(r"[\r\n]+[\s>]*")
_WORD = re.compile(r"[^\W_]+")


def _words(names: str) -> frozenset[str]:
    return frozenset(names.split())


# The words right before a GUID, written together: labels, parameters, path segments, the last words of hosts.
_TENANT_NAMES = _words(
    """tenant tenants tenantid tenantids tid ctid tenantguid customertenantid customertenant aadtenantid
    azuretenantid entratenantid customer customers customerid customerguid directory directoryid
    directorytenantid organizationid environmentsdefault
    loginmicrosoftonlinecom loginmicrosoftonlineus partnermicrosoftonlinecn loginmicrosoftcom loginwindowsnet
    stswindowsnet loginchinacloudapicn graphwindowsnet portalazurecom portalazureus entramicrosoftcom
    intunemicrosoftcom"""
)
_SUBSCRIPTION_NAMES = _words(
    """subscription subscriptions subscriptionid subscriptionids subscriptionguid subid commercesubscriptionid
    commercesubscription commerceid azuresubscriptionid subscriptionswebdirect"""
)
_OTHER_NAMES = _words(
    """appid applicationid clientid objectid oid userid users user groupid groups teamid orderid orders order
    orderno ordernumber skuid sku skus productid products planid serviceplanid environmentid environments
    correlationid requestid clientrequestid sessionid session traceid nonce state invoiceid invoices offerid
    resourceid deviceid devices principalid billingaccountid billingaccounts agreementid"""
)


def _read_guid(text: str, ours: frozenset[str], theirs: frozenset[str]) -> uuid.UUID | None:
    """The one GUID meant in `text`: what `ours` names; else the only one there, unless `theirs` names it."""
    if len(text) > MAX_TYPED:
        return None
    tidied = tidy(text)
    guid = _whole_guid(tidied) or _chosen_guid(_guids_inside(tidied), ours, theirs)
    return guid if guid is not None and guid.int else None


def _whole_guid(tidied: str) -> uuid.UUID | None:
    """The GUID that the whole text is, blanks and line breaks inside it forgiven."""
    compact = "".join(tidied.split()).strip(DECORATION)
    compact = compact.removeprefix("urn:").removeprefix("uuid:").strip(DECORATION)
    return uuid.UUID(compact) if _WHOLE_GUID.fullmatch(compact) else None


def _guids_inside(tidied: str) -> list[tuple[uuid.UUID, frozenset[str]]]:
    """Each GUID with the names that stand before it. Mail wraps links: read them unwrapped as well."""
    return [
        (uuid.UUID(match[1]), _names_before(version[: match.start()]))
        for version in (tidied, _LINE_BREAK.sub("", tidied))
        for match in _GUID_INSIDE.finditer(version)
    ]


def _names_before(before: str) -> frozenset[str]:
    """The last one, two and three words of `before`, written together: `tenant_id=` names `tenantid`."""
    words = _WORD.findall(before[-80:])[-3:]
    names = {"".join(words[-count:]) for count in (1, 2, 3)}
    # Azure's links carry the tenant behind "#@".
    return frozenset(names | {"tenant"} if before.endswith("#@") else names)


def _chosen_guid(
    found: list[tuple[uuid.UUID, frozenset[str]]], ours: frozenset[str], theirs: frozenset[str]
) -> uuid.UUID | None:
    named = {guid for guid, names in found if names & ours}
    candidates = named or {guid for guid, _ in found}
    if len(candidates) != 1 or (not named and any(names & theirs for _, names in found)):
        return None
    return candidates.pop()


def _kind_of_guids(tidied: str) -> LooksLike | None:
    whole = _whole_guid(tidied)
    found = [(whole, frozenset[str]())] if whole else _guids_inside(tidied)
    if not found:
        return None
    if len({guid for guid, _ in found}) > 1:
        return LooksLike.SEVERAL_IDS
    if not found[0][0].int:
        return LooksLike.ALL_ZERO
    return _kind_of_names(frozenset().union(*(names for _, names in found)))


def _kind_of_names(names: frozenset[str]) -> LooksLike:
    if names & _SUBSCRIPTION_NAMES:
        return LooksLike.SUBSCRIPTION_ID
    if names & _TENANT_NAMES:
        return LooksLike.TENANT_ID
    return LooksLike.OTHER_ID if names & _OTHER_NAMES else LooksLike.GUID


# --- MPN IDs and other words -------------------------------------------------------------------------------

_LONGEST_WORD = 255
_MPN_LABEL = r"(?:microsoft|ms|ai|cloud|partner|network|program|mpn|pla|pga|location|global|id|number|no|nr)"
_MPN = re.compile(
    rf"(?:{_MPN_LABEL}[\s:#.=_-]*)*[\s:#(]*"
    r"([0-9]+(?: +[0-9]+)*|[0-9]{1,3}([,.'’])[0-9]{3}(?:\2[0-9]{3})*)"
)
_LINK = re.compile(r"[a-z][a-z0-9+.-]*://.*|//.*|www\..*|[\w-]+(?:\.[\w-]+)+(?::\d+)?[/?#].*", re.DOTALL)
_EMAIL = re.compile(r"(?:[^<>]*<)?(?:mailto:|smtp:)?[^@\s<>]+@[^@\s<>]+\.[^@\s.<>]+>?", re.DOTALL)
_ORDER_NUMBER = re.compile(
    r"(?:purchase ?)?(?:order|ord|po|so|invoice|inv)\W{0,3}(?:number|no|nr|id)?\W{0,3}"
    r"[a-z0-9-]{0,12}[0-9]{3}[a-z0-9-]{0,20}"
    r"|#?[0-9]{9,20}|[a-z]{1,3}-?[0-9]{7,14}|e0[0-9]{3}[0-9a-z]{5}|(?=[a-f]*[0-9])(?=[0-9]*[a-f])[0-9a-f]{12}"
)
_SKU_PART_NUMBER = re.compile(
    r"[a-z0-9]+(?:_[a-z0-9]+)+|[a-z0-9]{3}-[0-9]{5}|(?:cfq7|dzh3)[a-z0-9]{8}(?::[a-z0-9]{4})?"
)
_SKU_IN_ONE_WORD = re.compile(
    r"(?:dyn365|d365|crm|enterprise|standard|spe|spb|exchange|sharepoint|powera|flow|aad|ems|intune|visio"
    r"|project|mco|rights)[a-z0-9]+"
)


def _mpn_digits(text: str) -> str | None:
    bare = tidy(text).strip(DECORATION)
    match = _MPN.fullmatch(bare) if len(bare) <= _LONGEST_WORD else None
    digits = re.sub(r"[^0-9]", "", match[1]) if match else ""
    return digits if 6 <= len(digits) <= 8 and int(digits) else None


def _kind_of_link(tidied: str) -> LooksLike | None:
    bare = tidied.strip(DECORATION)
    if _LINK.fullmatch(bare):
        return LooksLike.URL_WITHOUT_ID
    return LooksLike.EMAIL if _EMAIL.fullmatch(bare) else None


def _kind_of_word(text: str, tidied: str) -> LooksLike | None:
    """Numbers, part numbers and domains are short; anything longer is prose."""
    bare = tidied.strip(DECORATION)
    if len(bare) > _LONGEST_WORD:
        return None
    if _mpn_digits(text):
        return LooksLike.MPN_ID
    if _SKU_PART_NUMBER.fullmatch(bare) or (text.isupper() and _SKU_IN_ONE_WORD.fullmatch(bare)):
        return LooksLike.SKU_PART_NUMBER
    if _ORDER_NUMBER.fullmatch(bare):
        return LooksLike.ORDER_NUMBER
    return LooksLike.DOMAIN if "." in bare and _domain_name(text) else None


def _domain_name(text: str) -> str | None:
    """The domain that `text` names; a GUID without hyphens would pass for a subdomain."""
    if len(text) > MAX_TYPED or _whole_guid(tidy(text)):
        return None
    return customer_domain(text)
