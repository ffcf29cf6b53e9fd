"""Which language a question is in; an English one as the Chinese one it means; spellings of names."""
