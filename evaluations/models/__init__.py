"""The models of evaluations: texts, records, publications, packages, opinions, 取組, outlooks, dates; plans that are
being put together, and long work.
"""

from evaluations.models.evaluation import (
    TEXT_FIELDS,
    TEXT_LABELS,
    ActivityRecord,
    Evaluation,
    Publication,
    PublicationPdf,
)
from evaluations.models.follow_up import ActionItem, ActionState, CouncilOpinion, Deadline, OpinionStatus
from evaluations.models.long_work import LongWork, LongWorkFile, WorkState
from evaluations.models.opening import DraftSection, PlanDraft
from evaluations.models.outlook import Outlook
from evaluations.models.package import MadePackage, ReceivedPackage

__all__ = [
    "TEXT_FIELDS",
    "TEXT_LABELS",
    "ActionItem",
    "ActionState",
    "ActivityRecord",
    "CouncilOpinion",
    "Deadline",
    "DraftSection",
    "Evaluation",
    "LongWork",
    "LongWorkFile",
    "MadePackage",
    "OpinionStatus",
    "Outlook",
    "PlanDraft",
    "Publication",
    "PublicationPdf",
    "ReceivedPackage",
    "WorkState",
]
