"""Reading and writing Excel and CSV safely (QUALITY.md SEC-24, SEC-26, SEC-28). Knows nothing of classes.

Kept empty on purpose: the reading child process imports this package and must start fast.
"""
