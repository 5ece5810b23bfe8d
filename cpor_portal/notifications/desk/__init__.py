"""The pages at /outbox/: Microsoft's people see what was sent to whom, when, and its state, and send it again."""
