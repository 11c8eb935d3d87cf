from pathlib import Path

import pytest
from transcript import FOLDER, load, parse


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.txt")), ids=lambda path: path.stem)
def test_every_shipped_transcript_can_be_read(path: Path):
    assert load(path.stem).exchanges


def test_a_condition_holds_from_its_line_on():
    transcript = parse("@ p_pa 1\n> a?\\n\n< 1\\n\n@ dialogue later\n@ p_pa 2\n> a?\\n\n< 2\\n\n")
    assert [exchange.conditions["p_pa"] for exchange in transcript.exchanges] == ["1", "2"]
    assert transcript.conditions == {"p_pa": "1"}
    assert transcript.dialogue("later") == transcript.exchanges[1:]


def test_silence_several_lines_and_unasked_words_are_told_apart():
    exchanges = parse("< hello\\r\\n\n> a\\x05\n> b\\n\n< 1\\n\n< 2\\n\n").exchanges
    assert [(e.sent, e.reply) for e in exchanges] == [(b"", b"hello\r\n"), (b"a\x05", b""), (b"b\n", b"1\n2\n")]


@pytest.mark.parametrize("line", ["? what", "@ lonely", ">", "> a\\q", "> \\x5", "> caf\u00e9"])
def test_a_malformed_line_is_an_error_that_names_file_and_line(line: str):
    with pytest.raises(ValueError, match=r"file\.txt:2"):
        parse(f"# fine\n{line}\n", "file.txt")


def test_an_unknown_dialogue_is_an_error():
    with pytest.raises(KeyError, match="nowhere"):
        parse("> a\\n").dialogue("nowhere")
