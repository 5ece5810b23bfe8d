"""Template tags of Microsoft's side."""
