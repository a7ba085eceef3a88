"""Backups that are proved: the database, the stored files (ciphertext) and the audit heads, with a manifest (REL-13).

`making` writes a folder, `checking` restores it into a scratch database and compares; what cannot be checked has failed.
"""
