"""What a user intends with documents, and what the worker does for them."""

from reports.services.amending import amend_by_workbook
from reports.services.drafts import make_drafts
from reports.services.genuineness import Genuineness, verify
from reports.services.handing_out import (
    document_bytes,
    file_names,
    read_document,
    read_summary,
    write_files,
    zip_documents,
)
from reports.services.issuing import amend_and_replace, confirm_and_issue, issue_with_number, void_document
from reports.services.making import give_up_document, make_document
from reports.services.numbers import take_numbers

__all__ = [
    "Genuineness", "amend_and_replace", "amend_by_workbook", "confirm_and_issue", "document_bytes", "file_names", "give_up_document", "issue_with_number",
    "make_document", "make_drafts", "read_document", "read_summary", "take_numbers", "verify", "void_document",
    "write_files", "zip_documents",
]  # fmt: skip
