"""The partner's pages around a claim that are not the wizard. Views parse, permit, call one act, redirect."""
