"""What is done with cadres and their learning: one function per intention."""

from trainees.services.cadres import NewCadre, create_unverified, renew_index, unmask_id_number

__all__ = ["NewCadre", "create_unverified", "renew_index", "unmask_id_number"]
