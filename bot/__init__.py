"""From a question to a cited reply, in a terminal or in Telegram."""
