"""Exam practice: questions whose keys are computed, not claimed. README.md says how a question is written."""

from lab_env.course.exam.bank import bank, concepts, question, select
from lab_env.course.exam.mock_exam import MockExam, mock_exam
from lab_env.course.exam.practice import Practice, practice
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
    "bank",
    "checked",
    "concepts",
    "mock_exam",
    "practice",
    "prove",
    "question",
    "select",
]
