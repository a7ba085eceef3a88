"""What a user intends with assessments: one function each (scoring, …)."""
