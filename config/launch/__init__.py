"""`make demo`, `make stop`, `make report`: from an empty var/ to a running portal, and back."""
