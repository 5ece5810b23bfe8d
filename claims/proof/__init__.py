"""Proof of execution: what it must show, what the portal finds in it, and the matrix that both sides see."""
