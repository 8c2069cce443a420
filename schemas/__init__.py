"""What a record is: frozen dataclasses, their Arrow schemas and their documentation."""
