"""Template tags of the partner's side."""
