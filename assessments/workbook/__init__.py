"""The class workbook as a whole: typed book, rehearsal, marking up, writing, the empty template. No database."""
