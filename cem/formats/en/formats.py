"""The name of the month: what 11/12/2026 means depends on where it is read."""

SHORT_DATE_FORMAT = "M j, Y"
SHORT_DATETIME_FORMAT = "M j, Y, P"
