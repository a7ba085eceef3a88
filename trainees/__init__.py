"""Who learns: cadres and their appointments."""
