"""Whole surveys to start from, one module each; `surveys.templates` lists them."""
