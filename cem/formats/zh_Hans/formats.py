"""1,204 as in the charts; Django groups nothing in Chinese."""

THOUSAND_SEPARATOR = ","
NUMBER_GROUPING = 3
