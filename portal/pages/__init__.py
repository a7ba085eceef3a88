"""What pages show, as plain contexts: one noun a file, nothing here writes."""
