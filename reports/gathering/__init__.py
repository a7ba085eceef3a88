"""From the database to the plain values of each document: a fixed number of queries a document, whatever the class."""

from reports.gathering.bulletin import bulletin_of
from reports.gathering.letter import letter_of
from reports.gathering.sheet import sheet_of

__all__ = ["bulletin_of", "letter_of", "sheet_of"]
