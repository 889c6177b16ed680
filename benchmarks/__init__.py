"""What the assistant is worth, measured: one command for each measurement."""
