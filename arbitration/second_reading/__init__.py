"""Second readings: a sample of the decided rounds is judged again, blindly (docs/decisions/second-reading.md)."""
