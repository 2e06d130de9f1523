"""A question and its proof as people read them: text for terminals and screen readers, HTML for notebooks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from textwrap import wrap

from lab_env.course.exam.proof import Proof, checked
from lab_env.course.exam.question import DOMAINS, Key, Option, Question
from lab_env.errors import InvalidInput
from lab_env.views.table import WIDTH, Table

_MEETS = {True: "meets the stem", False: "holds"}
_MISSES = {True: "does not meet the stem", False: "does not hold"}
_OTHER = "margin:0.5em 0;padding:0 0.6em;border-left:4px solid transparent;overflow-wrap:anywhere"
_CHOSEN = _OTHER.replace("transparent", "#d55e00")
_MOST = 3  # sentences that speak for a right option


def chosen_of(question: Question, answer: str) -> Key:
    """The letters that an answer names: ``B``, ``b``, ``A, C``, ``AC``.

    Raises:
        InvalidInput: it names an option that is not there, or not as many as are asked for.
    """
    letters = frozenset(letter for letter in answer.upper() if not (letter.isspace() or letter in ",+)("))
    known = [option.letter for option in question.options]
    strange = sorted(letters - set(known))
    if strange:
        raise InvalidInput(f"there is no option {strange[0]}.", do=f"Choose from {', '.join(known)}.")
    if len(letters) != question.choose:
        raise InvalidInput(
            f"{len(letters)} options were chosen.", do=f"This question asks for {question.choose}."
        )
    return letters


def heading(question: Question, place: str) -> str:
    """``Question 3 of 20 · Security – Specialty · difficulty 2 of 3``."""
    return f"{place} · {DOMAINS[question.domain]} · difficulty {question.difficulty} of 3"


def question_text(question: Question, place: str) -> str:
    """A question as text."""
    lines = [heading(question, place), *wrap(question.stem, WIDTH)]
    for option in question.options:
        lines += wrap(
            f"{option.letter}) {option.text}", WIDTH, initial_indent="  ", subsequent_indent="     "
        )
    return "\n".join(lines)


def question_html(question: Question, place: str) -> str:
    """A question as HTML."""
    items = "".join(f'<li style="margin:0.2em 0">{escape(item.text)}</li>' for item in question.options)
    return (
        f'<p style="margin:0.6em 0 0.2em;opacity:0.8">{escape(heading(question, place))}</p>'
        f'<p style="margin:0.2em 0;max-width:60em">{escape(question.stem)}</p>'
        f'<ol style="list-style-type:upper-alpha;margin:0.2em 0;max-width:58em">{items}</ol>'
    )


@dataclass(frozen=True, slots=True)
class Feedback:
    """What is said of an answer: the proof's evidence, option by option.

    Attributes:
        question: the question.
        chosen: letters of the answer; none: nobody has answered.
    """

    question: Question
    chosen: Key = frozenset()

    @property
    def right(self) -> bool:
        """Whether the answer is the key."""
        return self.chosen == self.question.key

    @property
    def verdict(self) -> str:
        """The answer beside the key, in a sentence."""
        key = _letters(self.question.key)
        are = "are" if self.question.choose > 1 else "is"
        if not self.chosen:
            return f"{key} {are} right."
        if self.right:
            return f"✓ Yes: {key} {are} right."
        return f"✗ You chose {_letters(self.chosen)}; {key} {are} right."

    @property
    def rows(self) -> tuple[tuple[str, str, str], ...]:
        """For each option: itself, whether it is right, and what the engines saw."""
        proof = checked(self.question)
        return tuple(
            (
                f"{option.letter}) {option.text}",
                "✓ right" if option.letter in self.question.key else "✗ wrong",
                " ".join(_seen(proof, option)),
            )
            for option in self.question.options
        )

    @property
    def sources(self) -> str:
        """The pages that the rule stands on."""
        return "; ".join(f"{item.title}, {item.url}" for item in self.question.sources)

    def __str__(self) -> str:
        lines = [self.verdict]
        for option, mark, seen in self.rows:
            lines += wrap(f"{mark[0]} {option}", WIDTH, subsequent_indent="     ")
            lines += wrap(seen, WIDTH, initial_indent="     ", subsequent_indent="     ")
        lines += wrap(f"The rule: {self.question.rule}", WIDTH)
        lines += wrap(f"From {self.sources}", WIDTH, break_on_hyphens=False, break_long_words=False)
        return "\n".join(lines)

    __repr__ = __str__

    def html(self) -> str:
        """The same as an announced paragraph and a list, which fits a narrow page too; what was chosen has an edge."""
        items = "".join(
            f'<li style="{_CHOSEN if option.letter in self.chosen else _OTHER}"><b>{escape(text)}</b> {mark}'
            f"<br>{escape(seen)}</li>"
            for option, (text, mark, seen) in zip(self.question.options, self.rows, strict=True)
        )
        links = ", ".join(
            f'<a href="{escape(item.url)}">{escape(item.title)}</a>' for item in self.question.sources
        )
        return (
            f'<div role="status"><p style="margin:0.3em 0"><b>{escape(self.verdict)}</b></p>'
            f'<ul style="list-style:none;margin:0.3em 0;padding:0;max-width:60em">{items}</ul></div>'
            f'<p style="margin:0.2em 0;max-width:60em"><b>The rule:</b> {escape(self.question.rule)} ({links})</p>'
        )

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        del include, exclude  # both forms are always given: a front end takes the one it can show
        return {"text/plain": str(self), "text/html": self.html()}


def _letters(key: Key) -> str:
    return " and ".join(sorted(key))


def _seen(proof: Proof, option: Option) -> Iterator[str]:
    """An option's evidence; of a wrong one the reason why it is chosen, and what speaks against it."""
    tried, question = proof.of(option.letter), proof.question
    if option.letter in question.key:
        # A price is what the others are compared with; it comes first.
        told = sorted(tried.telling, key=lambda item: item.by != "price")
        yield from list(dict.fromkeys(item.seen for item in told))[:_MOST]
        return
    if option.trap:
        yield option.trap
    if len(tried.letters) > 1:
        yield f"Built together with {_letters(tried.letters - {option.letter})}:"
    against = tried.telling[0]
    # A claim is its option's own text; what a stem asks for has to be told beside what was seen.
    yield f"Asked: {against.wanted}. Seen: {against.seen}" if question.criteria else against.seen


@dataclass(frozen=True, slots=True)
class ProofView:
    """A whole proof: every option with every criterion, as it was asked and what came of it."""

    proof: Proof

    @property
    def tables(self) -> tuple[Table, ...]:
        """One table for each option, or each combination."""
        return tuple(self._table(number) for number in range(len(self.proof.tried)))

    def _table(self, number: int) -> Table:
        tried, question = self.proof.tried[number], self.proof.question
        name = " + ".join(f"{letter}) {question.option(letter).text}" for letter in sorted(tried.letters))
        rows = tuple((item.wanted, "✓" if item.holds else "✗", item.by, item.seen) for item in tried.evidence)
        asks = bool(question.criteria)
        verdict = _MEETS[asks] if tried.right else _MISSES[asks]
        marked = frozenset(place for place, item in enumerate(tried.evidence) if not item.holds)
        head = "what the stem asks" if asks else "what the option claims"
        return Table((head, "", "by", "what was seen"), rows, f"{name} – {verdict}", marked)

    @property
    def sentence(self) -> str:
        """What was computed, beside the key."""
        found = " or ".join(_letters(key) or "none" for key in sorted(self.proof.found, key=sorted))
        agrees = (
            "as the key says"
            if self.proof.proven
            else f"and the key says {_letters(self.proof.question.key)}"
        )
        return f"Computed from the criteria: {found or 'nothing'}, {agrees}."

    def __str__(self) -> str:
        return "\n\n".join([*map(str, self.tables), self.sentence])

    __repr__ = __str__

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        del include, exclude  # both forms are always given: a front end takes the one it can show
        html = "".join(table.html() for table in self.tables)
        return {"text/plain": str(self), "text/html": f"{html}<p><b>{escape(self.sentence)}</b></p>"}
