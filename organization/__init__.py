"""Who we are: units, accounts, grants, settings of an authority."""
