"""Replay of preserved pages on an origin of its own, where archived script can reach nothing of ours."""
