"""What a rule is, what it is given, and what it answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from textfix.characters import Class
from textfix.config import Config
from textfix.edits import EMPTY, Edit, Edits
from textfix.language import Model
from textfix.text import Text


@dataclass(frozen=True)
class Context:
    """What a rule may know besides the text: the configuration and the language model."""

    config: Config

    @property
    def model(self) -> Model:
        return Model.load()


@dataclass(frozen=True)
class Proposals:
    """What a rule answers: edits that it proposes, and suspicions, places where it knows of no replacement.

    A suspicion is an edit whose before and after are the same.
    """

    edits: Edits = EMPTY
    suspicions: Edits = EMPTY

    @classmethod
    def of(cls, edits: Iterable[Edit]) -> Proposals:
        """Edits of any order; those that change nothing are the suspicions."""
        every = list(edits)
        return cls(
            Edits.of(edit for edit in every if edit.after != edit.before),
            Edits.of(edit for edit in every if edit.after == edit.before),
        )


@dataclass(frozen=True)
class Rule:
    """One channel of damage and how to undo it.

    example: damaged and repaired. mere: what it finds is worth a note, and no damage. triggers: what a document must
    hold, under a configuration, for the rule to be asked: of each of these classes a character; Class(0) is never held.
    removable: what it suspects is taken out where the configuration says so.
    """

    name: str
    summary: str
    example: tuple[str, str]
    triggers: Callable[[Config], tuple[Class, ...]]
    propose: Callable[[Text, Context], Proposals]
    mere: bool = False
    removable: bool = False


def always(trigger: Class) -> Callable[[Config], tuple[Class, ...]]:
    """The same trigger under every configuration."""
    return lambda config: (trigger,)
