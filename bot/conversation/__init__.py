"""Text in, a reply out; what a follow-up refers to; the terminal."""
