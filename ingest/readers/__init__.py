"""One module per file format: bytes in, a Document out, no meaning yet."""
