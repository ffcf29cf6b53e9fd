"""Printed tables to cells of the form."""
