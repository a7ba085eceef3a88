"""Paper: HTML and CSS to PDF with the project's fonts (see rendering.py), and what those fonts can print (coverage.py).

Only the coverage is imported here: the workbook's checks ask it without Django or WeasyPrint.
"""

from core.pdf.coverage import missing_characters

__all__ = ["missing_characters"]
