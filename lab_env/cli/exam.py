"""``exam``: practice and a mock exam in the terminal; with ``--prove`` the proofs of all keys."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from lab_env.errors import InvalidInput, LabError

if TYPE_CHECKING:
    # Other commands should not wait for the questions and all that proves them.
    from lab_env.course.exam import ExamResult, MockExam, Practice, Question
    from lab_env.course.exam.told import Feedback

HOLDS, DOES_NOT_HOLD = 0, 1
DOMAINS = ("SAA", "SCS", "ANS", "MLA")
PASSED = 0.7
"""The share of right answers from which the command exits with 0: the lab's choice, and no vendor's."""

Read = Callable[[str], str]


def add_to(commands: Any) -> None:
    """Register the command."""
    parser = commands.add_parser(
        "exam",
        help="practise for the exam, or prove the keys",
        description="Questions in the terminal. Exits with 0 when seven of ten answers are right, else with 1; with "
        "--prove when every key is what its proof computes.",
    )
    parser.add_argument("--domain", choices=DOMAINS, default="", help="questions of this domain only")
    parser.add_argument("--count", type=int, default=10, metavar="N", help="how many questions (10)")
    parser.add_argument(
        "--seed", type=int, default=0, metavar="S", help="the same seed gives the same questions"
    )
    parser.add_argument(
        "--mock", action="store_true", help="a mock exam: nothing is explained before the end"
    )
    parser.add_argument(
        "--prove", action="store_true", help="prove the key of every question, and ask nothing"
    )
    parser.add_argument("--json", action="store_true", help="print the result as one JSON document")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Ask, or prove."""
    from lab_env.course.exam import practise, sit

    if options.prove:
        return _prove(options)
    told = sys.stderr if options.json else sys.stdout

    def read(prompt: str) -> str:
        print(prompt, end="", file=told, flush=True)
        line = sys.stdin.readline()
        if not line:
            raise InvalidInput(
                "the input ended before the last answer.", do="Answer each question with its letters."
            )
        return line.strip()

    def tell(text: object) -> None:
        print(text, file=told)

    chosen = {"domain": options.domain, "count": options.count, "seed": options.seed}
    result = (
        _sit(sit(timed=False, **chosen), read, tell)
        if options.mock
        else _practise(practise(**chosen), read, tell)
    )
    if options.json:
        print(json.dumps(_json(result), ensure_ascii=False))
    else:
        print(f"\n{result}")
    return HOLDS if result.score.right >= PASSED * result.score.asked else DOES_NOT_HOLD


def _practise(session: Practice, read: Read, tell: Callable[[object], None]) -> ExamResult:
    from lab_env.course.exam.told import question_text

    while not session.over:
        tell(f"\n{question_text(session.question, session.place(session.number))}")
        tell(_ask(session.question, read, tell, session.answer))
    return session.result


def _sit(exam: MockExam, read: Read, tell: Callable[[object], None]) -> ExamResult:
    from lab_env.course.exam.told import question_text

    tell(exam.title)
    for number, asked in enumerate(exam.questions, 1):
        tell(f"\n{question_text(asked, exam.place(number))}")
        _ask(asked, read, tell, partial(exam.answer, number))
    result = exam.hand_in()
    for number, item in enumerate(result.answered, 1):
        if not item.right:
            tell(f"\n{exam.place(number)}: {exam.questions[number - 1].stem}\n{exam.explain(number)}")
    return result


def _ask(
    asked: Question, read: Read, tell: Callable[[object], None], answer: Callable[[str], Feedback | None]
) -> object:
    """One answer; what cannot be one is told, and asked for again."""
    letters = "a letter" if asked.choose == 1 else f"{asked.choose} letters"
    while True:
        try:
            return answer(read(f"Your answer ({letters}): "))
        except InvalidInput as error:
            if "input ended" in error.what:
                raise
            tell(error)


def _prove(options: argparse.Namespace) -> int:
    from lab_env.course.exam import checked, questions

    faults = []
    for item in questions():
        try:
            checked(item)
        except LabError as error:
            faults.append(str(error))
    if options.json:
        print(json.dumps({"questions": len(questions()), "faults": faults}, ensure_ascii=False))
    else:
        print(*faults, f"{len(questions()) - len(faults)} of {len(questions())} keys are proven.", sep="\n")
    return DOES_NOT_HOLD if faults else HOLDS


def _json(result: ExamResult) -> dict[str, Any]:
    return {
        "kind": result.kind,
        "seed": result.seed,
        "right": result.score.right,
        "asked": result.score.asked,
        "domains": {name: {"right": own.right, "asked": own.asked} for name, own in result.by_domain.items()},
        "missed": list(result.missed),
    }
