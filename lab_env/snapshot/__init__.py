"""Readers: what describe and get calls answer, from any source, as the lab's own values."""
