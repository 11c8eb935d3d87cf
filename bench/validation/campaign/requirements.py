from enum import StrEnum


class Rule(StrEnum):
    GUARDED = "guarded"
    SIMPLE = "simple"
