"""The acts of Microsoft's side: one act, one function."""
