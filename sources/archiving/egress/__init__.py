"""One door out: a small forward proxy that resolves, checks, connects to what it checked, and keeps a log."""
