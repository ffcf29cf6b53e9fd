"""An answer becomes a reply, in the language of the question."""
