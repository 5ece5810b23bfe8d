"""The forms of the wizard, one per step: crispy layouts that parse; what holds is decided in `claims.checks`."""
