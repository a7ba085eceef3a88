"""Schemes, entries, exams, satisfaction, results, workbook imports."""

from assessments.models.exams import Answer, AnswerSheet, Exam, Question
from assessments.models.imports import WorkbookImport
from assessments.models.records import SatisfactionCount, ScoreEntry, Suggestion
from assessments.models.results import Result
from assessments.models.schemes import Block, ClassAssessment, Item, ScoringScheme

__all__ = [
    "Answer",
    "AnswerSheet",
    "Block",
    "ClassAssessment",
    "Exam",
    "Item",
    "Question",
    "Result",
    "SatisfactionCount",
    "ScoreEntry",
    "ScoringScheme",
    "Suggestion",
    "WorkbookImport",
]
