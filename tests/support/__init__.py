"""Help for the tests: real servers, a real browser."""
