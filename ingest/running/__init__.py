"""Files and archives, read side by side, to the store."""
