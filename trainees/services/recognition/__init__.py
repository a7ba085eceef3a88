"""Recognition of outside learning (学分认定): filed, vetted, confirmed and posted; states change here only."""

from trainees.services.recognition.asking import ask_to_confirm, confirm_as_asked, why_none_to_confirm
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
from trainees.services.recognition.holding import Decided, Liaisons, is_department, is_own
from trainees.services.recognition.importing import (
    import_export,
    map_columns,
    rehearse_again,
    take_faults,
    upload_export,
)
from trainees.services.recognition.platforms import (
    PlatformFacts,
    add_platform,
    change_platform,
    make_key,
    platform_of_key,
)
from trainees.services.recognition.posting import take_records
from trainees.services.recognition.previewing import Effect, effects_after, effects_before

__all__ = [
    "UNDECIDED",
    "Claim",
    "Decided",
    "Effect",
    "Liaisons",
    "PlatformFacts",
    "add_platform",
    "ask_to_confirm",
    "change_platform",
    "confirm_as_asked",
    "confirm_recognitions",
    "confirm_upload",
    "effects_after",
    "effects_before",
    "file_again",
    "file_recognition",
    "import_export",
    "is_department",
    "is_own",
    "keep_other",
    "keep_this",
    "learnings_of",
    "make_key",
    "map_columns",
    "platform_of_key",
    "rehearse_again",
    "return_recognitions",
    "revoke_recognition",
    "take_faults",
    "take_records",
    "tell_apart",
    "upload_export",
    "vet_recognitions",
    "why_none_to_confirm",
    "withdraw_recognition",
]
