"""Measurements of QUALITY.md §1."""
