"""What knows nothing of training: keys, scope, audit, jobs, files, sheets, paper."""
