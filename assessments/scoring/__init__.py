"""Scoring: rules (pure), standing (pure), compute (from the database), explain (every point), comparisons."""
