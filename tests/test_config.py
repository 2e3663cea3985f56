"""Config: what it takes, what it refuses, and what it says then."""

from dataclasses import fields
from typing import Any

import pytest

from textfix import Config, ConfigError
from textfix.config import PROFILES, profile
from textfix.rules import enabled


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"to": "klingon"}, ["to='klingon'", "hant-tw"]),
        ({"to": "hantw"}, ["did you mean 'hant"]),
        ({"to": "zh-Hant-TW"}, ["did you mean 'hant-tw'"]),
        ({"to": "zh-hk"}, ["did you mean 'hant-hk'"]),
        ({"form": "nfc"}, ["form='nfc'"]),
        ({"punctuation": "han"}, ["did you mean 'han"]),
        ({"line_ends": "cr"}, ["keep, lf, crlf"]),
        ({"trailing_space": "stripp"}, ["did you mean 'strip'"]),
        ({"min_confidence": 1.5}, ["1.5", "between 0 and 1"]),
        ({"min_confidence": "much"}, ["'much'"]),
        ({"min_confidence": True}, ["True"]),
        ({"no_such": 1}, ["'no_such'"]),
        ({"spacess": "fold"}, ["did you mean 'spaces'"]),
        ({"profil": "gentle"}, ["did you mean 'profile'"]),
        ({"profile": "gentel"}, ["profile='gentel'", "did you mean 'gentle'"]),
        ({"profile": ["gentle"]}, ["is not one of gentle"]),
        ({"disable": 5}, ["disable=5", "names of rules"]),
        ({"keep": "keep.txt"}, ["keep='keep.txt'", "no list of terms"]),
        ({"remove": [1]}, ["remove=[1]", "names of rules"]),
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


@pytest.mark.parametrize("name", PROFILES)
def test_every_profile_can_be_used(name: str) -> None:
    config = Config.of({"profile": name})
    enabled(config)
    assert Config.from_toml(config.to_toml()) == config
    assert Config.from_toml(f'profile = "{name}"') == config
    assert Config.from_toml(f'profile = "{name}"\nto = "hant"') == config.replace(to="hant")


def test_the_default_profile_is_the_default_and_names_every_option() -> None:
    assert Config(to="hans", remove=("noise",)).replace(profile="default") == Config()
    assert {field.name for field in fields(Config)} - set(profile("default")) == {"encoding", "force_encoding"}


def test_remove_is_a_switch_or_names() -> None:
    assert Config(remove=True).removes("noise.boilerplate")  # type: ignore[arg-type]
    assert not Config(remove=False).removes("noise.boilerplate")  # type: ignore[arg-type]
    assert not Config(remove="noise.repeated").removes("noise.boilerplate")  # type: ignore[arg-type]
