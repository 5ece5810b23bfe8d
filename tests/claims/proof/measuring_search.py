"""A process that searches the longest papers, and says at what cost: its memory is nobody else's.

Each line that comes names a kind of paper; each line that goes back is JSON: the computing time in seconds, by how
much the most memory that was ever held grew (MiB), and whether the search came to its end.
"""

import json
import os
import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path

PAGES, CHARACTERS = 300, 20_000
WORDS = (
    "We deployed Exchange and Teams for Adventure Works on 12 March 2026, signed by Jane Doe, head of IT. Work: moved "
    "mailboxes. "
)
MAIL = "From: jane@contoso.com\nSent: 3 March 2026\nSubject: The work\nI confirm that Contoso Ltd is content.\n> so\n"


def page_of_words(chance: random.Random) -> str:
    """Ordinary words in no order."""
    return " ".join(chance.choices(WORDS.split(), k=4_000))


def page_of_mails(chance: random.Random) -> str:
    """One short e-mail after another: heads, dates and confirmations everywhere."""
    return MAIL[chance.randrange(20) :] + MAIL * 250


KINDS = {"words": page_of_words, "mails": page_of_mails}


def pages(kind: str) -> Iterator[str]:
    """As many pages as the longest document has, each as long as the longest page."""
    chance = random.Random(20261122)  # noqa: S311 - a paper, not a secret
    return (KINDS[kind](chance)[:CHARACTERS] for _number in range(PAGES))


def main() -> None:
    """Answer for each kind."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "cpor_portal.settings"
    os.environ["STATE_DIR"] = sys.argv[1]
    import django

    django.setup()
    for line in sys.stdin:
        print(json.dumps(cost_of(line.strip())), flush=True)


def cost_of(kind: str) -> dict[str, object]:
    """What the search of one document of that kind takes, as the job does it."""
    from claims.acts.reading import SEARCH_SECONDS
    from claims.proof import alike
    from claims.proof.checker import PageText, findings_in
    from claims.proof.clock import Clock, TooLong
    from tests.proofs.facts import claim_of

    facts = claim_of("contoso", "exchange teams d365_sales")
    before, began, is_done = _peak(), time.thread_time(), True
    texts = [PageText(number, text) for number, text in enumerate(pages(kind), 1)]
    clock = Clock(SEARCH_SECONDS)
    try:
        findings_in(texts, facts, clock=clock)
        alike.signature_of(clock.each(page.text for page in texts), facts)
    except TooLong:
        is_done = False
    return {"seconds": time.thread_time() - began, "grown": _peak() - before, "is_done": is_done}


def _peak() -> float:
    status = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024


if __name__ == "__main__":
    main()
