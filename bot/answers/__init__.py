"""An interpretation becomes an answer: figures, comparisons, passages, or why there are none."""
