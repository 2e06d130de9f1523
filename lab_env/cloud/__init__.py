"""moto, started repeatable and offline, with its gaps filled."""
