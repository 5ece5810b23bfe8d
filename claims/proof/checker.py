"""Reading proof (domain.md, "Proof of execution"): what one document shows of what its claim says.

Pure: text in, findings out; the same text gives the same findings. Findings advise, they never decide.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

from claims.proof.acknowledgement import acknowledgements_in
from claims.proof.clock import Clock, Watched
from claims.proof.dates import order_of
from claims.proof.found import Facts, Found, PageText, ProductNames
from claims.proof.ids import domains_in, tenants_in
from claims.proof.names import firms_in
from claims.proof.products import products_in
from claims.proof.public_sector import public_sector_in
from claims.proof.signature import signatures_in, to_search
from claims.proof.texts import Page, page_of
from claims.proof.work import work_in

Finder = Callable[[Sequence[Page], Facts], Iterator[Found]]

_FINDERS: tuple[Finder, ...] = (
    firms_in,
    domains_in,
    tenants_in,
    products_in,
    work_in,
    public_sector_in,
)


def findings_in(
    pages: Iterable[PageText], facts: Facts, *, has_signature_field: bool = False, clock: Clock | None = None
) -> list[Found]:
    """What the pages of one document show, by page; at most one finding per element, product, verdict and page.

    `has_signature_field`: the document carries a signed signature field, whatever its text says. Raises TooLong when
    the `clock` runs out: then nothing is known, also of the pages that were searched.
    """
    clock = clock or Clock()
    read = Watched((page_of(page.number, page.text) for page in clock.each(pages)), clock)
    found = [one for finder in _FINDERS for one in finder(read, facts)]
    likely, order = Watched(to_search(read), clock), order_of(read, facts.last_day)
    field_on = (read[-1].number if read else 1) if has_signature_field else None
    found.extend(acknowledgements_in(likely, facts, order))
    found.extend(signatures_in(likely, facts, order, field_on=field_on))
    unique = {(one.page, one.element, one.product, one.verdict): one for one in reversed(found)}
    return sorted(unique.values(), key=lambda one: (one.page, one.element, one.product, one.verdict))


__all__ = ["Facts", "Found", "PageText", "ProductNames", "findings_in"]
