"""A city's roster (干部花名册): read, checked, compared with the people that are there, written in bulk.

    bytes ─ reading (child process) ─ checking: every fault by its row ─ comparing: new, changed, moved, missing ─ writing: COPY

Nothing is written before somebody has looked at the differences; people are known by their ID number alone.
"""
