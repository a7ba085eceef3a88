"""What we tell others: letters, notices, bulletins, their numbers and batches."""
