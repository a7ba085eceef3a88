"""People and what stands around them as Excel."""

from trainees.resources.of_person import OfPerson
from trainees.resources.people import CadreResource, batches
from trainees.resources.tables import AppointmentResource, AwardResource, ExemptionResource

__all__ = ["AppointmentResource", "AwardResource", "CadreResource", "ExemptionResource", "OfPerson", "batches"]
