"""Recognition of outside learning (学分认定): filed, vetted, confirmed and posted; states change here only."""

from trainees.services.recognition.claims import Claim
from trainees.services.recognition.deciding import (
    confirm_recognitions,
    confirm_upload,
    keep_other,
    keep_this,
    learnings_of,
    return_recognitions,
    revoke_recognition,
    vet_recognitions,
)
from trainees.services.recognition.doubles import UNDECIDED, tell_apart
from trainees.services.recognition.filing import file_again, file_recognition, withdraw_recognition
from trainees.services.recognition.holding import Decided, Liaisons

__all__ = [
    "UNDECIDED",
    "Claim",
    "Decided",
    "Liaisons",
    "confirm_recognitions",
    "confirm_upload",
    "file_again",
    "file_recognition",
    "keep_other",
    "keep_this",
    "learnings_of",
    "return_recognitions",
    "revoke_recognition",
    "tell_apart",
    "vet_recognitions",
    "withdraw_recognition",
]
