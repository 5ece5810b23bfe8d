"""The queue at any size: pages, filters and searches in milliseconds, and what they cost against their measures.

`.venv/bin/python -m benchmarks.queue -n 1000000`: see benchmarks/README.md.
"""

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

from benchmarks import stage
from devtools.environment import ROOT

RUNS = 15


def main() -> None:
    """Seed, measure in a process of its own, and print."""
    chosen = stage.options(__doc__ or "").parse_args()
    if chosen.part:
        print(json.dumps(measured(chosen.n)))
        return
    with stage.stage(durable=not chosen.not_durable) as servers:
        servers.database("queue")
        environment = servers.environment("queue")
        for command in (["migrate", "-v0"], ["seed_claims", str(chosen.n), "--yes"]):
            subprocess.run([sys.executable, "manage.py", *command], env=environment, cwd=ROOT, check=True)
        command = [sys.executable, "-m", "benchmarks.queue", "--part", "measure", "-n", str(chosen.n)]
        done = subprocess.run(command, env=environment, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    for name, figure in json.loads(done.stdout.splitlines()[-1]).items():
        print(f"{name:<44} {figure}")


def measured(claims: int) -> dict[str, str]:
    """The figures of one database that holds `claims` seeded claims."""
    import django

    django.setup()
    times = {name: _milliseconds(work) for name, work in _works(claims).items()}
    figures = {name: f"{milliseconds:9.1f} ms" for name, milliseconds in times.items()}
    ratios = {
        "a page at depth / the first page": times["page: at depth"] / times["page: first"],
        "the slowest filter / the first page": max(t for name, t in times.items() if name.startswith("filter"))
        / times["page: first"],
        "search by reference / lookup by key": times["search: reference"] / times["measure: claim by its key"],
        "the slowest search by a key / by reference": max(t for name, t in times.items() if name.startswith("search"))
        / times["search: reference"],
    }
    return figures | {name: f"{ratio:9.2f}" for name, ratio in ratios.items()}


def _works(claims: int) -> dict[str, Callable[[], object]]:
    from django.utils import timezone

    from arbitration.filtering import Filters
    from arbitration.queue import page_of
    from claims.models import Claim, ClaimLine
    from cpor_portal.accounts.models import User

    reader, now = User.objects.get(email="reviewer1@seed.example"), timezone.now()
    claim = Claim.objects.filter(status="under_review").select_related("location", "firm").order_by("-firm")[5]
    line = ClaimLine.objects.filter(subscription_id__isnull=False, submitted_at__isnull=False).order_by("id")[50]
    deep = Claim.objects.filter(status="submitted").order_by("-due_at", "-id")[100]
    assert claim.location is not None
    assert deep.due_at is not None

    def page(after: str = "", **chosen: Any) -> Callable[[], object]:
        return lambda: page_of(reader, Filters(**chosen), now=now, after=after)

    return {
        "page: first": page(),
        "page: at depth": page(f"{deep.due_at:%Y%m%dT%H%M%S.%f}-{deep.pk}"),
        "filter: area": page(area="microsoft_365"),
        "filter: contested": page(contested=True),
        "filter: mine": page(mine=True),
        "filter: overdue": page(overdue=True),
        "filter: resubmitted": page(resubmitted=True),
        "filter: country": page(country="HU"),
        "filter: withdrawn": page(status="withdrawn"),
        "search: reference": page(q=claim.reference, status="all"),
        "search: tenant ID": page(q=str(claim.tenant_id), status="all"),
        "search: domain": page(q=claim.domain, status="all"),
        "search: MPN ID": page(q=claim.location.mpn_id, status="all"),
        "search: subscription ID": page(q=str(line.subscription_id), status="all"),
        "search: customer's name": page(q=claim.customer_display_name, status="all"),
        "measure: claim by its key": lambda: Claim.objects.get(pk=claim.pk),
    }


def _milliseconds(work: Callable[[], object]) -> float:
    """The median of RUNS, after one that warms what is cached."""
    work()
    times = []
    for _run in range(RUNS):
        began = time.perf_counter()
        work()
        times.append((time.perf_counter() - began) * 1_000)
    return statistics.median(times)


if __name__ == "__main__":
    main()
