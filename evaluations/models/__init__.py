"""What is kept of an evaluation: its texts and records, what was published, who was heard, what was promised."""

from evaluations.models.action import ActionItem, ActionState
from evaluations.models.evaluation import TEXT_FIELDS, TEXT_LABELS, ActivityRecord, Evaluation, Publication
from evaluations.models.opinion import CouncilOpinion, OpinionStatus

__all__ = [
    "TEXT_FIELDS",
    "TEXT_LABELS",
    "ActionItem",
    "ActionState",
    "ActivityRecord",
    "CouncilOpinion",
    "Evaluation",
    "OpinionStatus",
    "Publication",
]
