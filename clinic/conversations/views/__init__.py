"""The pages of the staff room, one file each."""
