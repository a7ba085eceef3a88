"""Where each role comes in; no models."""
