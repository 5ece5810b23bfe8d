"""The checks of the wizard's steps: what was entered either holds, or is refused with the first cause that applies.

They read and answer; they change nothing. The codes are those of domain.md.
"""

from claims.checks.faults import ManyRefused, StepFault, faults_in

__all__ = ["ManyRefused", "StepFault", "faults_in"]
