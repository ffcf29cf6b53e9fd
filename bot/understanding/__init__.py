"""A question becomes one interpretation, choices, or a refusal."""
