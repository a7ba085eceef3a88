"""How well it went: schemes, entries, exams, results, the class workbook."""
