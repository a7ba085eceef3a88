"""Views: fetch in scope → form → service → message → redirect or fragment. One noun a file."""
