"""Microsoft's pages: views parse, permit, call one act, redirect."""
