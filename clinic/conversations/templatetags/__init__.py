"""Tags of the templates of the staff room."""
