"""Config: what it takes, what it refuses, and what it says then."""

from typing import Any

import pytest

from textfix import Config, ConfigError


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"to": "klingon"}, ["to='klingon'", "hant-tw"]),
        ({"to": "hantw"}, ["did you mean 'hant"]),
        ({"form": "nfc"}, ["form='nfc'"]),
        ({"punctuation": "han"}, ["did you mean 'han"]),
        ({"line_ends": "cr"}, ["keep, lf, crlf"]),
        ({"trailing_space": "stripp"}, ["did you mean 'strip'"]),
        ({"min_confidence": 1.5}, ["1.5", "between 0 and 1"]),
        ({"min_confidence": "much"}, ["'much'"]),
        ({"min_confidence": True}, ["True"]),
        ({"no_such": 1}, ["'no_such'"]),
        ({"spacess": "fold"}, ["did you mean 'spaces'"]),
    ],
)
def test_bad_options_are_named(options: dict[str, Any], words: list[str]) -> None:
    with pytest.raises(ConfigError) as error:
        Config.of(options)
    assert all(word in str(error.value) for word in words)


def test_toml_there_and_back() -> None:
    config = Config(to="hans", disable=("noise", "unicode.form"), min_confidence=0.7)
    assert Config.from_toml(config.to_toml()) == config
    assert Config.from_toml('[tool.textfix]\nmin-confidence = 0.7\n[project]\nname = "x"') == Config(min_confidence=0.7)
    assert Config.from_toml('[project]\nname = "x"') == Config()


def test_toml_that_is_none_is_refused() -> None:
    with pytest.raises(ConfigError, match="not valid TOML"):
        Config.from_toml("to = ")


def test_a_config_is_frozen_and_hashable() -> None:
    with pytest.raises(AttributeError):
        Config().to = "hans"  # type: ignore[misc]
    assert len({Config(), Config()}) == 1


def test_a_family_or_a_rule_is_disabled() -> None:
    assert Config(disable=("noise",)).disables("noise.pinyin")
    assert Config(disable="noise.pinyin").disables("noise.pinyin")
    assert not Config(disable=("noise.pinyin",)).disables("noise.other")
