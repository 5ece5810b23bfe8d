"""What proof of execution must show beyond what every claim's must (domain.md, "Proof of execution")."""

from claims.models import Claim

# Public-sector customers there must also acknowledge that the partner will seek association.
PUBLIC_SECTOR_COUNTRIES = frozenset({"US", "PR"})


def customer_must_acknowledge(claim: Claim) -> bool:
    """Whether the claim's customer is one that must also acknowledge the association itself."""
    return claim.public_sector and claim.customer_country in PUBLIC_SECTOR_COUNTRIES
