"""What is taught: catalogue, teachers, rooms."""
