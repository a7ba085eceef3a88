"""What is done with cadres and their learning: one function per intention."""

from trainees.services.cadres import (
    NewCadre,
    create_unverified,
    link_account,
    renew_index,
    unmask_id_number,
    verify_cadres,
)

__all__ = ["NewCadre", "create_unverified", "link_account", "renew_index", "unmask_id_number", "verify_cadres"]
