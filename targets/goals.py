"""概要 and 目標 of a 節 as the city words them: form and action; and what a measure needs in order to be a 目標項目."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.db import transaction

from plans.access import require_manager
from plans.history_writer import new_line, write_lines
from plans.measures.rules import MAY_NOT, REASON
from plans.model_fields import NameField, field_of
from plans.models import Measure, Plan, Section, Subject
from plans.prose_field import ProseField
from plans.refusals import FieldRefused, FieldsRefused
from plans.row_locks import lock_plan
from targets.models import OutcomeTarget, TargetItem


def outcome_target_of(section: Section) -> OutcomeTarget:
    """The 成果目標 that a 目標項目 of this 節 belongs to: the first one, made with the 節名 where there is none."""
    first = OutcomeTarget.objects.filter(section=section).order_by("order").first()
    return first or OutcomeTarget.objects.create(section=section, title=section.title)


def follow_section(measure: Measure) -> None:
    """Put a 目標項目 under the 成果目標 of the 節 that its measure is in now."""
    TargetItem.objects.filter(measure=measure).update(outcome_target=outcome_target_of(measure.section))


FIELDS = ("title", "overview", "goal_text")


@transaction.atomic
def change_goals(
    plan: Plan, section: Section, *, seen: Mapping[str, str], new: Mapping[str, str], by: User, channel: str
) -> int:
    """Change what differs between what the person saw and what they want, by `<order>-<field>`; a 節 without a 成果目標
    gets its first. Returns how many texts were changed. Raises PermissionDenied, FieldsRefused.
    """
    require_manager(by, plan.municipality, MAY_NOT)
    lock_plan(plan)
    wanted = {name: text for name, text in new.items() if text != seen[name]}
    if not wanted:
        return 0
    outcome_target_of(section)
    goals = {str(goal.order): goal for goal in goals_of(section)}
    refused, history = [], []
    for name, text in wanted.items():
        order, field = name.split("-")
        goal = goals[order]
        current = getattr(goal, field)
        if current == text:
            continue
        if current != seen[name]:
            words = current or "（空欄）"
            refused.append(FieldRefused(name, f"ほかの人が「{words}」に変更しています。", current))
            continue
        setattr(goal, field, text)
        label = str(OutcomeTarget._meta.get_field(field).verbose_name)  # type: ignore[union-attr]
        history.append(
            new_line(
                plan,
                Subject.MASTER,
                label,
                current or None,
                text or None,
                by=by,
                channel=channel,
                reason=REASON,
                section=section,
            )
        )
    if refused:
        raise FieldsRefused(refused)
    OutcomeTarget.objects.bulk_update(goals.values(), FIELDS)
    return len(write_lines(history))


def goals_of(section: Section) -> list[OutcomeTarget]:
    """The 成果目標 of a 節 in their order. One query."""
    return list(OutcomeTarget.objects.filter(section=section).order_by("order"))


class GoalsForm(forms.Form):
    """Title, 概要 and 目標 of each 成果目標 of a 節; of the one to come, where there is none yet."""

    def __init__(self, data: Any = None, *, section: Section) -> None:
        super().__init__(data, auto_id="goal-%s")
        self.goals = goals_of(section) or [OutcomeTarget(section=section, order=1, title=section.title)]
        for goal in self.goals:
            made: dict[str, forms.Field] = {
                "title": field_of(
                    OutcomeTarget, "title", NameField, error_messages={"required": "成果目標の名前を入力してください。"}
                ),
                "overview": field_of(OutcomeTarget, "overview", ProseField, rows=5),
                "goal_text": field_of(OutcomeTarget, "goal_text", ProseField, rows=5),
            }
            for name, field in made.items():
                field.initial, field.show_hidden_initial = getattr(goal, name), True
                self.fields[f"{goal.order}-{name}"] = field

    @property
    def seen(self) -> dict[str, str]:
        """The value that the page had shown. A field that the page did not send is not changed."""
        sent = {name: self.data.get(self.add_initial_prefix(name)) for name in self.fields}
        return {
            name: self.cleaned_data[name] if text is None else text.replace("\r\n", "\n").rstrip()
            for name, text in sent.items()
        }

    def take_refusal(self, refused: FieldsRefused) -> None:
        """Report the conflict at the fields. A second save counts as having seen the colleague's text."""
        data = self.data.copy()  # type: ignore[attr-defined]
        for one in refused.fields:
            self.add_error(one.name, one.sentence)
            data[self.add_initial_prefix(one.name)] = one.current or ""
        self.data = data
