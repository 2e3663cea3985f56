"""Config: every choice a user can make, validated in one place. It reads mappings and TOML text, never files.

A profile is a set of choices with a name: a TOML file of the package, in textfix/data/profiles.
"""

from __future__ import annotations

import difflib
import sys
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import cache
from importlib import resources
from typing import Any

CHOICES = {
    "to": ("auto", "hans", "hant", "hant-tw", "hant-hk", "keep"),
    "form": ("NFC", "NFD", "NFKC", "NFKD", "keep"),
    "restore": ("off", "confident", "all"),
    "spaces": ("keep", "fold"),
    "punctuation": ("keep", "hans", "hant", "ascii"),
    "line_ends": ("keep", "lf", "crlf"),
    "trailing_space": ("keep", "strip"),
    "vocabulary": ("keep", "tw", "hk"),
}
SCRIPTS = {  # as others name them
    "hans": "cn zh-cn zh-hans zh-hans-cn sg zh-sg zh-hans-sg chs gb s sc simplified 简体 简",
    "hant": "zh-hant cht t tc traditional 繁體 繁体 繁",
    "hant-tw": "tw zh-tw zh-hant-tw twp taiwan",
    "hant-hk": "hk zh-hk zh-hant-hk mo zh-mo zh-hant-mo hongkong",
}
PROFILES = ("gentle", "default", "corpus", "search")
CONFIDENT = 0.9  # what restore="confident" asks of an inferred edit


class ConfigError(ValueError):
    """An option that does not exist, or a value that it cannot have. The message names both."""


@dataclass(frozen=True)
class Config:
    """The choices.

    to: the script to write: auto (the one that dominates the document), hans, hant, hant-tw, hant-hk, or keep.
    form: the Unicode normalization form, or keep.
    restore: what happens where bytes were truly lost: off, confident (only where the model is sure), or all.
    spaces: keep, or fold (unusual spaces become U+0020, and runs of them one).
    punctuation: keep, that of simplified (hans) or traditional Chinese (hant), or of ASCII (ascii).
    line_ends: keep, lf or crlf. trailing_space: keep, or strip at the ends of lines.
    vocabulary: keep, or the words of Taiwan (tw) or Hong Kong (hk) for those of elsewhere: 軟件, 軟體.
    keep: terms that conversion leaves as they are; or a term, a tab, and what it becomes wherever it stands.
    encoding: what bytes are said to be in (an HTTP header, a catalogue), as evidence that weighs against the bytes
    themselves; force_encoding: what they are read in, whatever comes of it. Labels as on the web, as GB2312 or Big5.
    disable: rules and families of rules that are not to run, as `noise.pinyin` or `noise`.
    remove: rules and families whose suspicions of noise are taken out of the text, not only reported; True: all.
    min_confidence: changes less sure than this are reported instead of made; 0 to 1.
    profile, wherever options are given, stands for the options of that profile; those beside it come after it.

    >>> Config(to="hans").replace(form="NFKC", encoding="GB2312").to_dict()["encoding"]
    'gb18030'
    >>> Config.of({"profile": "search", "spaces": "keep"}).form
    'NFKC'
    """

    to: str = "auto"
    form: str = "NFC"
    restore: str = "confident"
    spaces: str = "keep"
    punctuation: str = "keep"
    line_ends: str = "keep"
    trailing_space: str = "keep"
    vocabulary: str = "keep"
    keep: tuple[str, ...] = ()
    encoding: str = ""
    force_encoding: str = ""
    disable: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    min_confidence: float = 0.0

    def __post_init__(self) -> None:
        for name, choices in CHOICES.items():
            value = getattr(self, name)
            if value not in choices:
                raise ConfigError(f"{name}={value!r} is not one of {', '.join(choices)}{suggestion(value, choices)}")
        for name in ("encoding", "force_encoding"):
            object.__setattr__(self, name, known_encoding(getattr(self, name), name))
        object.__setattr__(self, "keep", terms_of(self.keep))
        object.__setattr__(self, "disable", names_of(self.disable, "disable"))
        object.__setattr__(self, "remove", names_of(every(self.remove), "remove"))
        if isinstance(self.min_confidence, bool) or not isinstance(self.min_confidence, (int, float)):
            raise ConfigError(f"min_confidence={self.min_confidence!r} is not a number")
        if not 0 <= self.min_confidence <= 1:
            raise ConfigError(f"min_confidence={self.min_confidence!r} is not between 0 and 1")

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Config:
        """A Config from a mapping. ConfigError names what does not exist."""
        return cls().replace(**options)

    @classmethod
    def from_toml(cls, text: str) -> Config:
        """A Config from a TOML table of its own, or from [tool.textfix] of a pyproject.toml."""
        return cls.of(parse(text))

    def replace(self, **options: Any) -> Config:
        """The same Config with other choices. ConfigError for an option that does not exist."""
        if "profile" in options:
            options = {**profile(str(options["profile"])), **{k: v for k, v in options.items() if k != "profile"}}
        names = [field.name for field in fields(self)]
        for name in options:
            if name not in names:
                raise ConfigError(f"there is no option {name!r}{suggestion(name, [*names, 'profile'])}")
        return replace(self, **options)

    def to_dict(self) -> dict[str, Any]:
        return {**vars(self), "keep": list(self.keep), "disable": list(self.disable), "remove": list(self.remove)}

    def to_toml(self) -> str:
        """TOML that from_toml reads back."""
        return "".join(f"{name} = {toml_value(value)}\n" for name, value in self.to_dict().items())

    def disables(self, rule: str) -> bool:
        """Whether a rule is turned off, by its name or its family."""
        return named_in(self.disable, rule)

    def removes(self, rule: str) -> bool:
        """Whether what a rule suspects is to be taken out, by its name or its family."""
        return named_in(self.remove, rule)


def named_in(names: tuple[str, ...], rule: str) -> bool:
    return rule in names or rule.split(".", maxsplit=1)[0] in names


def names_of(value: object, option: str) -> tuple[str, ...]:
    """Names of rules as a tuple, from one or several. ConfigError for anything else."""
    names = (value,) if isinstance(value, str) else value
    if not isinstance(names, (list, tuple, set, frozenset)) or not all(isinstance(name, str) for name in names):
        raise ConfigError(f"{option}={value!r} is no list of names of rules")
    return tuple(names)


def terms_of(value: object) -> tuple[str, ...]:
    """Terms as a tuple. ConfigError where one says nothing, or would be found again in itself."""
    if not isinstance(value, (list, tuple)) or not all(isinstance(term, str) for term in value):
        raise ConfigError(f"keep={value!r} is no list of terms: it takes the terms themselves, not the name of a file")
    for term in value:
        word, tab, after = term.partition("\t")
        if not word or "\t" in after or "\n" in term or (tab and not after):
            raise ConfigError(f"keep: {term!r} is no term, nor a term, a tab and what it becomes")
        if tab and any(one.split("\t")[0] in after for one in value if "\t" in one):
            raise ConfigError(f"keep: {word!r} becomes {after!r}, which holds a term that would be changed again")
    return tuple(value)


def every(remove: object) -> object:
    """What stands for True, all that can be removed, and for False."""
    return (("noise",) if remove else ()) if isinstance(remove, bool) else remove


@cache
def profile(name: str) -> dict[str, Any]:
    """The options of a profile. ConfigError for one that does not exist."""
    if name not in PROFILES:
        raise ConfigError(f"profile={name!r} is not one of {', '.join(PROFILES)}{suggestion(name, PROFILES)}")
    return parse((resources.files("textfix.data") / "profiles" / f"{name}.toml").read_text("utf-8"))


def known_encoding(label: object, option: str) -> str:
    """The encoding of a label as textfix names it. ConfigError for one that does not exist."""
    from textfix.encodings.choice import named

    if label in ("", None):
        return ""
    found = named(label) if isinstance(label, str) else None
    if found is None:
        from encodings.aliases import aliases

        raise ConfigError(f"{option}: {label!r} is no encoding of text{suggestion(label, {*aliases} - {label})}")
    return found


def parse(text: str) -> dict[str, Any]:
    """The options in TOML text: [tool.textfix] where the text is a pyproject.toml, else all of it."""
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"not valid TOML: {error}") from None
    if "tool" in table or "project" in table:
        table = table.get("tool", {}).get("textfix", {})
    return {name.replace("-", "_"): value for name, value in table.items()}


def toml_value(value: object) -> str:
    import json

    return json.dumps(value, ensure_ascii=False)


def suggestion(word: object, known: Any) -> str:
    """What was probably meant, as a sentence for the end of a message; "" where that cannot be told.

    >>> suggestion("zh_TW", CHOICES["to"]), suggestion("klingon", CHOICES["to"])
    (" (did you mean 'hant-tw'?)", '')
    """
    name = str(word).lower().replace("_", "-")
    close = [script for script, names in SCRIPTS.items() if script in known and name in names.split()]
    close += difflib.get_close_matches(str(word), known, 1)
    return f" (did you mean {close[0]!r}?)" if close else ""
