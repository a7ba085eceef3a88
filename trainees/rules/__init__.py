"""The rules of the ledger and of duties, as pure functions over plain rows."""
