"""From report files to facts: read, align to the official form, store."""
