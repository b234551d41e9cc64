"""評価シートの様式 of a city: the list, the files, adding and removing one."""

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from core.sheets.design import Content, Line, Measures, Role
from core.sheets.design_file import MAX_BYTES
from plans.access import plan_for, require
from plans.downloads import as_download
from plans.models import Door, Plan
from plans.requests import PersonRequest
from plans.sheet_layout_files import MAY_NOT, LayoutRefused, add_layout, layout_file, layout_lines, remove_layout

WORDS = (
    ("content", "文章の欄に載せるもの", Content),
    ("measures", "数値の表に載せる指標", Measures),
    ("old・new", "数値の表の行（旧様式と新様式）", Line),
)


@require_http_methods(["GET", "HEAD", "POST"])
def sheet_layouts(request: PersonRequest, slug: str) -> HttpResponse:
    """Every layout there is, what a file may say, and the form to add one."""
    plan = plan_for(request.user, slug)
    require(plan.access.may_manage, MAY_NOT)
    if request.method != "POST":
        return _page(request, plan)
    acts = {"add": _add, "remove": _remove}
    act = acts.get(request.POST.get("action", ""))
    if act is None:
        raise BadRequest("unknown action")
    try:
        act(request, plan)
    except LayoutRefused as refused:
        return _page(request, plan, refused.problems)
    return redirect("plans:sheet_layouts", slug)


@require_safe
def sheet_layout_file(request: PersonRequest, slug: str, key: str) -> HttpResponse:
    """The file of one layout, to be changed and added under another name."""
    plan = plan_for(request.user, slug)
    require(plan.access.may_manage, MAY_NOT)
    content = layout_file(plan.municipality, key)
    if content is None:
        raise Http404("この様式はありません。")
    return as_download(content, "application/json", f"sheet-layout-{key}.json")


def _add(request: PersonRequest, plan: Plan) -> None:
    file = request.FILES.get("file")
    if file is None:
        raise LayoutRefused("ファイルが選ばれていません。様式のファイル（.json）を選んでください。")
    # One byte more than allowed is enough to see that it is too much.
    content = file.read(MAX_BYTES + 1)
    replace = "replace" in request.POST
    layout = add_layout(plan.municipality, content, replace=replace, by=request.user, door=Door.SCREEN)
    messages.success(request, f"様式「{layout.name}」を加えました。計画の設定と出力で選べます。")


def _remove(request: PersonRequest, plan: Plan) -> None:
    layout = remove_layout(plan.municipality, request.POST.get("key", ""), by=request.user, door=Door.SCREEN)
    if layout is None:
        messages.info(request, "その様式は、すでにありません。")
    else:
        messages.success(request, f"様式「{layout.name}」を取り除きました。")


def _page(request: PersonRequest, plan: Plan, problems: tuple[str, ...] = ()) -> HttpResponse:
    context = {
        "plan": plan,
        "active": "settings",
        "layouts": layout_lines(plan.municipality),
        "problems": problems,
        "words": [(key, title, list(words)) for key, title, words in WORDS],
        "roles": "、".join(Role),
        "kilobytes": MAX_BYTES // 1000,
    }
    return render(request, "plans/sheet_layouts.html", context)
