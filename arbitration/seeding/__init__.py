"""Claims in any number, as if the portal had been at work for two years: for measuring it and for trying it out.

`manage.py seed_claims N` (docs/operations.md, "Seeding"). Nothing here is used by the portal itself.
"""
