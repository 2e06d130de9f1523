"""Packets that move: every AWS call is traced before moto answers it."""
