"""The one domain of a customer that typed text names (domain.md, "Identities"); `identifiers` is the door."""

import re

import idna

from cpor_portal.directory.pasted import DECORATION, JOINERS, visible

_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_TOP_LABEL = re.compile(r"[a-z]{2,63}|xn--[a-z0-9-]{1,59}")
_WWW = re.compile(r"(?:www\.)+(?=[^.]+\.)")
_ADDRESS_IN_BRACKETS = re.compile(r"[^<>]*<([^<>]+)>[\s;,]*")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:[/\\]{2}|//", re.IGNORECASE)
_ADDRESS_SCHEME = re.compile(r"(?:mailto|smtp|sip|upn):", re.IGNORECASE)
_PATH_BEFORE_AT = re.compile(r"[^@]*[/?]")
_MORE_THAN_A_HOST = re.compile(r"[@/\\:?#]")
_PORT = re.compile(r":[0-9]{0,5}$")
_DOMAIN_IN_LINK = re.compile(
    r"(?:#@|[?&](?:delegatedorg|tenant|tenantid|domain_hint|whr)=|^(?:https://)?login\.[a-z.]+/)"
    r"([^/?&#@=\s]+\.[^/?&#@=\s]+)",
    re.IGNORECASE,
)
# Hosts that carry the first label of the tenant's initial domain. Longer suffixes come first.
_INITIAL_DOMAINS = {
    "mail.onmicrosoft.com": "onmicrosoft.com",
    "mail.onmicrosoft.us": "onmicrosoft.us",
    "mail.onmicrosoft.de": "onmicrosoft.de",
    "partner.mail.onmschina.cn": "partner.onmschina.cn",
    "onmicrosoft.com": "onmicrosoft.com",
    "onmicrosoft.us": "onmicrosoft.us",
    "onmicrosoft.de": "onmicrosoft.de",
    "partner.onmschina.cn": "partner.onmschina.cn",
    "sharepoint.com": "onmicrosoft.com",
    "sharepoint.us": "onmicrosoft.us",
    "sharepoint-mil.us": "onmicrosoft.us",
    "sharepoint.de": "onmicrosoft.de",
    "sharepoint.cn": "partner.onmschina.cn",
}
_SHAREPOINT_SITE = re.compile(r"-(?:my|admin|public)$")
# Hosts of Microsoft's own under which customers meet, and whose labels name no tenant.
_SHARED_HOSTS = re.compile(
    r"(?:.+\.)?(?:dynamics\.com|powerapps\.com|powerappsportals\.com|powerplatform\.com"
    r"|microsoftonline\.(?:com|us|de|cn)|azure\.(?:com|us|cn)|office\.com|office365\.com|windows\.net"
    r"|protection\.outlook\.com)|.+\.microsoft\.com|.+\.cloud\.microsoft"
)


def customer_domain(text: str) -> str | None:
    """The full ASCII name of the customer's domain in `text`, or None. Callers bound the length."""
    typed = visible(text, keep=JOINERS).strip(DECORATION + JOINERS)
    name = _ascii_name(_host(text))
    if name is None:
        return None
    if "." not in name:
        # Only the bare word is an initial domain's label: "anna@contoso" and "https://intranet/" are not.
        is_bare = not _MORE_THAN_A_HOST.search(typed) and not name.isdigit()
        return _of_a_tenant(f"{name}.onmicrosoft.com") if is_bare else None
    return _domain_named_in_link(typed) if _SHARED_HOSTS.fullmatch(name) else _of_a_tenant(name)


def display_form(name: str) -> str:
    """`name` as people write it, in Unicode."""
    return idna.decode(name) if "xn--" in name else name


def _host(text: str) -> str:
    """The host of a URL, of an e-mail address, or the text itself; empty where there is none."""
    typed = visible(text, keep=JOINERS).strip()
    if match := _ADDRESS_IN_BRACKETS.fullmatch(typed):
        typed = match[1]
    typed = _ADDRESS_SCHEME.sub("", typed.strip(DECORATION + JOINERS), count=1)
    scheme = _SCHEME.match(typed)
    if scheme or _PATH_BEFORE_AT.match(typed):
        typed = re.split(r"[/\\?#]", typed[scheme.end() if scheme else 0 :], maxsplit=1)[0]
    before, at, host = typed.rpartition("@")
    if "@" in before or (at and any(c.isspace() for c in before)):
        return ""
    return _PORT.sub("", host.split("#")[0]).removesuffix(".")


def _ascii_name(host: str) -> str | None:
    """The lower-case ASCII form of `host` without www, if it is a host name.

    Joiners that the script does not ask for came with the paste.
    """
    for spelling in dict.fromkeys((host, host.translate(dict.fromkeys(map(ord, JOINERS))))):
        try:
            name = _encoded(spelling)
        except UnicodeError:
            continue
        if len(name) <= 253 and all(_LABEL.fullmatch(label) for label in name.split(".")):
            return _WWW.sub("", name, count=1) if name.startswith("www.") else name
    return None


def _encoded(host: str) -> str:
    """Plain ASCII names are taken as they are: IDNA 2008 would refuse some that exist (r3---sn.example)."""
    if host.isascii() and "xn--" not in host.lower():
        return host.lower()
    if len(host) > 253:
        raise idna.IDNAError("too long")
    return idna.encode(host, uts46=True, std3_rules=True).decode("ascii").removesuffix(".")


def _of_a_tenant(name: str) -> str | None:
    """`name`, but a tenant's SharePoint or mail-routing host as the tenant's initial domain."""
    for suffix, initial in _INITIAL_DOMAINS.items():
        if name == suffix:
            return None
        if name.endswith(f".{suffix}"):
            return _initial_domain(name.removesuffix(f".{suffix}"), suffix, initial)
    return name if _TOP_LABEL.fullmatch(name.rpartition(".")[2]) else None


def _initial_domain(label: str, suffix: str, initial: str) -> str | None:
    label = _SHAREPOINT_SITE.sub("", label) if suffix.startswith("sharepoint") else label
    is_tenant = _LABEL.fullmatch(label) and not label.startswith("xn--") and label not in ("www", "mail")
    return f"{label}.{initial}" if is_tenant else None


def _domain_named_in_link(link: str) -> str | None:
    """The customer's domain that a link into one of Microsoft's portals carries."""
    match = _DOMAIN_IN_LINK.search(link)
    name = _ascii_name(match[1]) if match else None
    return _of_a_tenant(name) if name and not _SHARED_HOSTS.fullmatch(name) else None
