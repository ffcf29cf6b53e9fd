"""Scanned pages and pictures of tables."""
