"""What is kept of an evaluation: texts, records, and what was published, handed on, heard, promised, expected, is due;
and the plans that are being put together."""

from evaluations.models.action import ActionItem, ActionState
from evaluations.models.deadline import Deadline
from evaluations.models.evaluation import TEXT_FIELDS, TEXT_LABELS, ActivityRecord, Evaluation, Publication
from evaluations.models.opening import DraftSection, PlanDraft
from evaluations.models.opinion import CouncilOpinion, OpinionStatus
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
    "MadePackage",
    "OpinionStatus",
    "Outlook",
    "PlanDraft",
    "Publication",
    "ReceivedPackage",
]
