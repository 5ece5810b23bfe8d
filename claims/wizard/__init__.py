"""The claim wizard: seven steps, each saved into the claim's row; nothing of a claim lives in a session."""
