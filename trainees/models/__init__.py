"""Who learns: cadres, their credit-hour ledger, what is asked of them, what they learned elsewhere."""

from trainees.models.acts import LedgerAct, LedgerActQuerySet
from trainees.models.duties import Duty, Exemption
from trainees.models.frozen import FrozenYear
from trainees.models.ledger import CreditBalance, CreditEntry, LedgerYear, Recomputation
from trainees.models.online import OnlineClass, OnlineLearner, OnlineLearnerQuerySet, OnlineReminder
from trainees.models.people import (
    PERSON,
    Appointment,
    AppointmentQuerySet,
    Award,
    Cadre,
    CadreQuerySet,
    own_way,
    person_ways,
)
from trainees.models.recognition import Platform, PlatformUpload, Recognition, RecognitionProof
from trainees.models.rosters import PersonnelForm, RosterUpload
from trainees.models.rules import RequirementSet, RuleSet

__all__ = [
    "PERSON",
    "Appointment",
    "AppointmentQuerySet",
    "Award",
    "Cadre",
    "CadreQuerySet",
    "CreditBalance",
    "CreditEntry",
    "Duty",
    "Exemption",
    "FrozenYear",
    "LedgerAct",
    "LedgerActQuerySet",
    "LedgerYear",
    "OnlineClass",
    "OnlineLearner",
    "OnlineLearnerQuerySet",
    "OnlineReminder",
    "PersonnelForm",
    "Platform",
    "PlatformUpload",
    "Recognition",
    "RecognitionProof",
    "Recomputation",
    "RequirementSet",
    "RosterUpload",
    "RuleSet",
    "own_way",
    "person_ways",
]
