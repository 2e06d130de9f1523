"""Timings of what a learner waits for. ``make bench`` runs them all; none of them is a test."""
