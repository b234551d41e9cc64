"""What is kept of an evaluation: its texts and records, what was published, who was heard, promised, expected."""

from evaluations.models.action import ActionItem, ActionState
from evaluations.models.evaluation import TEXT_FIELDS, TEXT_LABELS, ActivityRecord, Evaluation, Publication
from evaluations.models.opinion import CouncilOpinion, OpinionStatus
from evaluations.models.outlook import Outlook

__all__ = [
    "TEXT_FIELDS",
    "TEXT_LABELS",
    "ActionItem",
    "ActionState",
    "ActivityRecord",
    "CouncilOpinion",
    "Evaluation",
    "OpinionStatus",
    "Outlook",
    "Publication",
]
