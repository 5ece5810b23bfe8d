"""One act, one function. What every act has in common is in `ground`."""
