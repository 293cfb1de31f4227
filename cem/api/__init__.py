"""The HTTP API: its addresses, paging, errors and schema."""
