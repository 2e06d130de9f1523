"""Exam practice: questions whose keys are computed, not claimed. README.md says how a question is written."""

from lab_env.course.exam.bank import concepts, question_named, questions, select
from lab_env.course.exam.mock_exam import MockExam, sit
from lab_env.course.exam.practice import Practice, practise
from lab_env.course.exam.proof import KeyNotProven, Proof, checked, prove
from lab_env.course.exam.question import DOMAINS, Option, Question
from lab_env.course.exam.result import Answered, ExamResult, Score

__all__ = [
    "DOMAINS",
    "Answered",
    "ExamResult",
    "KeyNotProven",
    "MockExam",
    "Option",
    "Practice",
    "Proof",
    "Question",
    "Score",
    "checked",
    "concepts",
    "practise",
    "prove",
    "question_named",
    "questions",
    "select",
    "sit",
]
