"""取組: what each year promised, the form of a promise and the report of its outcome."""

from functools import partial
from typing import Any

from django.contrib.auth.models import User
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from core.fiscal_years import wareki
from evaluations.follow_up.action_items import (
    MAY_NOT,
    add_action,
    carry_action,
    change_promise,
    delete_action,
    report_action,
)
from evaluations.follow_up.actions_page import ActionsPage, actions_page
from plans.access import plan_for, require
from plans.kept_rows import RowForm, answer, read_version
from plans.models import Channel
from plans.requests import PersonRequest, address_without


@require_http_methods(["GET", "HEAD", "POST"])
def actions(request: PersonRequest, slug: str) -> HttpResponse:
    """The promises that the person may see; ?item=<id> opens one, ?year=, ?section= and ?state= narrow the list."""
    plan = plan_for(request.user, slug)
    if request.method == "POST":
        require(plan.access.may_write, MAY_NOT)
    page = actions_page(plan, request.GET, request.GET.get("item", ""))
    if request.method != "POST":
        return _drawn(request, page)
    do, version = request.POST.get("do", ""), read_version(request.POST.get("version", ""))
    name, form = _sent(page, do, request.POST)
    if form is not None and not form.is_valid():
        return _drawn(request, page, **{name: form})
    actions: dict[str, Any] = {"save_report": _save_report, "delete": _delete, "carry": _carry}
    done = partial(actions.get(do, _save_promise), page, form, version, request.user)

    def page_again(form: RowForm | None, **more: Any) -> HttpResponse:
        return _drawn(request, page, **({name: form} if form else {}), **more)

    return answer(request, lambda: (done(), _back(request)), form, page_again)


def _sent(page: ActionsPage, do: str, data: Any) -> tuple[str, RowForm | None]:
    """The form that was sent with its name on the page; None where a button needs none."""
    if do == "save_report":
        return "report_form", page.report_form(data)
    return "promise_form", None if do in ("delete", "carry") else page.promise_form(data)


def _save_promise(page: ActionsPage, form: RowForm, version: int, by: User) -> str:
    if page.item is None:
        add_action(page.plan, form.new, by=by, channel=Channel.SCREEN)
    else:
        change_promise(page.item, form.new, version=version, by=by, channel=Channel.SCREEN)
    return "取組を保存しました。"


def _save_report(page: ActionsPage, form: RowForm, version: int, by: User) -> str:
    report_action(page.opened, **form.new, version=version, by=by, channel=Channel.SCREEN)
    return "取組の結果を保存しました。"


def _delete(page: ActionsPage, _: None, version: int, by: User) -> str:
    delete_action(page.opened, version=version, by=by, channel=Channel.SCREEN)
    return "取組を削除しました。"


def _carry(page: ActionsPage, _: None, version: int, by: User) -> str:
    carried = carry_action(page.opened, version=version, by=by, channel=Channel.SCREEN)
    return f"取組を{wareki(carried.fiscal_year)}へ引き継ぎました。"


def _back(request: PersonRequest) -> str:
    """The list as it was narrowed, without the 取組 that was open."""
    return address_without(request, "item")


def _drawn(request: PersonRequest, page: ActionsPage, **more: Any) -> HttpResponse:
    back = _back(request)
    context = {
        "plan": page.plan,
        "active": "actions",
        "page": page,
        "promise_form": page.promise_form(),
        "report_form": page.report_form(),
        "back": back,
        "edit": f"{back}{'&' if '?' in back else '?'}",
    }
    return render(request, "evaluations/actions.html", context | more)
