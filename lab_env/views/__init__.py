"""What a learner sees: traces, pictures, differences and tables, each with a plain text form."""
