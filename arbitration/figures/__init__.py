"""The figures of the review desk, for arbiters (domain.md, "Who uses the portal").

Counted by the database alone, in a number of queries that does not hang on the rows; what each figure means stands
in docs/decisions/figures.md. Page, charts and exports read the same tables.
"""
