"""Readers of the tables that trainees and their learning are brought in by."""
