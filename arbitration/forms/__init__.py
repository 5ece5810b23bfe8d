"""The forms of Microsoft's side: they parse and lay out; what holds is decided by the acts they lead to."""
