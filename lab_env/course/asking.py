"""Asking a prediction, and comparing the answer with what happened."""

from __future__ import annotations

from lab_env.course.exercise import State
from lab_env.course.predictions import Choice, Guess, Prediction, prediction
from lab_env.course.progress import Kind, Progress
from lab_env.course.proofs import prove
from lab_env.course.proving import Proof, Seen
from lab_env.errors import InvalidInput
from lab_env.network import Network
from lab_env.views.prediction import Outcome, Question, Told

_WORDS = {"y": True, "yes": True, "n": False, "no": False}


def ask(id_: str, answer: object, network: Network) -> tuple[Question, Guess]:
    """The question, and where its answer is kept.

    Args:
        id_: the prediction's id.
        answer: what was given in the call; ``None``: nothing.
        network: the network as it stands.

    Raises:
        NotFound: there is no such prediction.
        InvalidInput: no such answer.
    """
    asked = prediction(id_)
    guess = Guess(network, _given(asked, answer))

    def note(number: int, said: bool) -> None:  # noqa: FBT001 - the form gives the value of a button
        if not asked.each:
            guess.answers.clear()
        guess.answers[number] = said

    answers = tuple(guess.answers.get(number) for number in range(len(asked.choices)))
    texts = tuple(choice.text for choice in asked.choices)
    return Question(id_, asked.question, texts, asked.each, answers, note), guess


def _given(asked: Prediction, answer: object) -> dict[int, bool]:
    if answer is None:
        return {}
    most = len(asked.choices)
    if not asked.each:
        if isinstance(answer, int) and not isinstance(answer, bool) and 1 <= answer <= most:
            return {answer - 1: True}
        raise InvalidInput(
            f"{answer!r} is no choice.", where=f"lab.predict({asked.id!r})", do=f"Give 1 to {most}."
        )
    words = answer.lower().replace(",", " ").split() if isinstance(answer, str) else []
    if len(words) != most or any(word not in _WORDS for word in words):
        do = f'Give y or n for each of the {most}, as in "{" ".join("y" * most)}".'
        raise InvalidInput(f"{answer!r} is no answer.", where=f"lab.predict({asked.id!r})", do=do)
    return {number: _WORDS[word] for number, word in enumerate(words)}


def compare(id_: str, guess: Guess | None, state: State, notes: Progress) -> Outcome:
    """What happened beside what was predicted; noted once, when all of it can be seen.

    Args:
        id_: the prediction's id.
        guess: what was predicted; ``None``: the question was not asked in this lab.
        state: the state as it stands now.
        notes: the learner's notes.

    Raises:
        NotFound: there is no such prediction.
    """
    asked = prediction(id_)
    seen = Seen(state, guess.before if guess else None)
    answers = guess.answers if guess else {}
    proofs = [prove(choice.proof, seen) for choice in asked.choices]
    told = tuple(
        _told(choice, proof, _said(asked, answers, number))
        for number, (choice, proof) in enumerate(zip(asked.choices, proofs, strict=True))
    )
    hidden = any(proof.truth is None for proof in proofs)
    outcome = Outcome(id_, told, f"Not all of it can be seen yet: {asked.when}" if hidden else "", asked.each)
    if not hidden and answers and not notes.get(Kind.PREDICTION, id_).asked:
        right, of = _score(asked, told)
        notes.record(Kind.PREDICTION, id_, done=True, tries=1, right=right, asked=of)
    return outcome


def _said(asked: Prediction, answers: dict[int, bool], number: int) -> bool | None:
    if asked.each or not answers:
        return answers.get(number)
    return number in answers


def _told(choice: Choice, proof: Proof, said: bool | None) -> Told:  # noqa: FBT001 - an answer is a yes or a no
    wrong = proof.truth is not None and said is not None and said is not proof.truth
    misconception = (choice.yes if said else choice.no) if wrong else ""
    return Told(choice.text, proof.truth, proof.evidence, said, misconception)


def _score(asked: Prediction, told: tuple[Told, ...]) -> tuple[int, int]:
    if asked.each:
        judged = [one.right for one in told if one.right is not None]
        return sum(judged), len(judged)
    return int(all(one.right for one in told)), 1
