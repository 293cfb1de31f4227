"""The floor: bare Django, one view that says ok and one that inserts two rows."""
