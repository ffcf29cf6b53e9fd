"""The Telegram front end and what it keeps."""
