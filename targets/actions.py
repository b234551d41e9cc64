"""What a measure needs in order to be a 目標項目."""

from plans.models import Measure, Section
from targets.models import OutcomeTarget, TargetItem


def outcome_target_of(section: Section) -> OutcomeTarget:
    """The 成果目標 that a 目標項目 of this 節 belongs to: the first one, made with the 節名 where there is none."""
    first = OutcomeTarget.objects.filter(section=section).order_by("order").first()
    return first or OutcomeTarget.objects.create(section=section, title=section.title)


def follow_section(measure: Measure) -> None:
    """Put a 目標項目 under the 成果目標 of the 節 that its measure is in now."""
    TargetItem.objects.filter(measure=measure).update(outcome_target=outcome_target_of(measure.section))
