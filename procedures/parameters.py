"""Parameters of methods as people type them."""

import json
from collections.abc import Sequence

from bench.errors import ConfigError


def pairs(words: object) -> object:
    """KEY=VALUE each, or all in one text with commas between; a value that begins like JSON is read as that. What is no
    text is given back as it is.
    """
    if isinstance(words, str):
        words = [word for word in words.split(",") if word.strip()]
    return dict(map(_pair, words)) if isinstance(words, Sequence) else words


def _pair(word: str) -> tuple[str, object]:
    key, equals, value = (part.strip() for part in word.partition("="))
    if not equals or not key:
        raise ConfigError(f"{word}: write it as KEY=VALUE")
    if not value.startswith(("[", "{")):
        return key, value
    try:
        return key, json.loads(value)
    except json.JSONDecodeError as error:
        raise ConfigError(f"{word}: not JSON: {error}") from error
