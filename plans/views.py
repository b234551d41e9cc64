"""Pages of accounts, the list of plans, 使い方, 変更履歴, 利用者, 計画の設定 and the national catalogue."""

from functools import partial
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.contrib.auth.views import LoginView, PasswordChangeView
from django.contrib.messages.views import SuccessMessageMixin
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from plans import manual
from plans.access import is_manager_among, is_operator_alone, plan_for, prefectures_of, require, require_membership
from plans.catalogue import national_catalogue
from plans.catalogue_amendments import MAY_NOT, add_entry, amend_entry, content_of, take_back, unamended
from plans.catalogue_page import CataloguePage, EntryForm, catalogue_page
from plans.history import HistoryFilters, HistoryTable, changes_for, page_of
from plans.kept_rows import answer
from plans.lineage import plans_around
from plans.models import Channel
from plans.people_forms import FORMS, CityPeople
from plans.people_page import chosen_city, managed_cities, people_page
from plans.plan_list import cities_page, current_plan, plan_list_rows
from plans.plan_settings_forms import settings_forms
from plans.refusals import Refused
from plans.requests import PersonRequest


class LoginForm(AuthenticationForm):
    """ユーザー名 and パスワード; one sentence for every wrong pair, whichever part is wrong."""

    error_messages = AuthenticationForm.error_messages | {
        "invalid_login": "ユーザー名かパスワードが違います。大文字と小文字、全角と半角を確かめてください。",
    }

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "ユーザー名"
        self.fields["password"].label = "パスワード"


class OwnPasswordForm(PasswordChangeForm):
    """Changing one's own password."""

    error_messages = PasswordChangeForm.error_messages | {
        "password_incorrect": "いまのパスワードが違います。もう一度入力してください。",
        "password_mismatch": "上の「新しいパスワード」と違います。同じものを入力してください。",
    }

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["old_password"].label = "いまのパスワード"
        self.fields["new_password2"].label = "新しいパスワード（確認）"
        self.fields["new_password2"].help_text = "同じものをもう一度入力してください。"


class Login(LoginView):
    """Fields `username` and `password`; afterwards the requested page."""

    form_class = LoginForm
    template_name = "registration/login.html"
    redirect_authenticated_user = True

    def get_redirect_url(self, *args: Any, **kwargs: Any) -> str:
        """The requested page; "" for the login itself, which would be a loop, and for the logout after an expired
        session, which is no page.
        """
        asked = str(super().get_redirect_url())
        return "" if urlsplit(asked).path in (self.request.path, reverse("plans:logout")) else asked


class PasswordChange(SuccessMessageMixin, PasswordChangeView):
    """Changing one's own password; no mail anywhere."""

    form_class = OwnPasswordForm
    template_name = "registration/password.html"
    success_url = reverse_lazy("plans:home")
    success_message = "パスワードを変更しました。"


@require_safe
@login_not_required
def home(request: HttpRequest) -> HttpResponse:
    """The plan of one's city; for residents what was published, for an administrator without a role the next steps."""
    if not request.user.is_authenticated:
        return redirect("evaluations:published_list")
    if is_operator_alone(request.user):
        return render(request, "plans/first_steps.html", {"manages": False})
    plan = current_plan(require_membership(request.user), timezone.localdate())
    return redirect(plan) if plan else redirect("plans:plan_list")


@require_safe
def plan_list(request: HttpRequest) -> HttpResponse:
    """Every plan one may open, by 自治体."""
    memberships = require_membership(request.user)
    words = " ".join(request.GET.get("q", "").split())
    page = cities_page(request.user, words, request.GET.get("page", "1"))
    context = {
        "cities": plan_list_rows(request.user, page),
        "page": page,
        "words": words,
        "prefectures": prefectures_of(memberships),
        "manages": is_manager_among(memberships),
        "newest_period": national_catalogue().periods[-1],
    }
    return render(request, "plans/plan_list.html", context)


@require_safe
@login_not_required
def help_page(request: HttpRequest) -> HttpResponse:
    """The manual, on one page, for everyone."""
    context = {
        "rights": manual.RIGHTS,
        "roles": manual.role_rights(),
        "typed": manual.typed_examples(),
        "zeros": manual.zero_examples(),
        "examples": manual.figure_examples(),
        "reduction": manual.reduction_example().figures,
        "columns": manual.columns(),
        "volume_examples": manual.volume_examples(),
        "split_example": manual.split_example(),
        "link_examples": manual.link_examples(),
        "question_examples": manual.question_examples(),
    }
    return render(request, "plans/help.html", context)


@require_safe
def history(request: HttpRequest) -> HttpResponse:
    """Who changed what in one's cities, newest first."""
    memberships = require_membership(request.user)
    filters = HistoryFilters(request.user, request.GET)
    changes = filters.narrowed(changes_for(request.user))
    page = page_of(changes, before=request.GET.get("before", ""), after=request.GET.get("after", ""))
    context = {"filters": filters, "page": page, "table": HistoryTable(page.lines)}
    return render(request, "plans/history.html", context | {"manages": is_manager_among(memberships)})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def people(request: PersonRequest) -> HttpResponse:
    """The people and 担当課 of one city, with a small form for each thing that can be done."""
    managed = managed_cities(request.user)
    city = CityPeople(chosen_city(managed, request.GET.get("city")))
    if request.method != "POST":
        return render(request, "plans/people.html", {"managed": managed} | people_page(city, request.user, None))
    form_class = FORMS.get(request.POST.get("do", ""))
    if form_class is None:
        raise BadRequest("unknown action")
    form = form_class(request.POST, city=city, by=request.user)
    if not form.carry_out():
        return render(request, "plans/people.html", {"managed": managed} | people_page(city, request.user, form))
    if form.secret:
        # Rendered at once and stored nowhere: a redirect would have to store the password on the way.
        return render(request, "plans/people_password.html", {"form": form})
    messages.success(request, form.done)
    return redirect(request.get_full_path())


@require_http_methods(["GET", "HEAD", "POST"])
def plan_settings(request: PersonRequest, slug: str) -> HttpResponse:
    """The plan's frame, in small forms. For a colleague's newer value it returns 409 and both values."""
    plan = plan_for(request.user, slug)
    require(plan.access.may_manage, "計画の設定を変えられるのは、管理の役割の人だけです。")
    forms = settings_forms(plan, request.POST if request.method == "POST" else None, page=request.GET.get("page"))
    sent = forms.get(request.POST.get("do", ""))
    if request.method == "POST":
        if sent is None:
            raise BadRequest("unknown action")
        changed = sent.save(request.user)
        if changed is not None:
            messages.success(request, f"設定を{changed}件変更しました。" if changed else "変更はありませんでした。")
            return redirect(request.get_full_path())
    context = {"plan": plan, "active": "settings", "forms": forms, "sent": sent, "around": plans_around(plan)}
    return render(request, "plans/plan_settings.html", context, status=409 if sent and sent.conflicted else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def catalogue(request: PersonRequest, generation: int) -> HttpResponse:
    """The entries of one 期; ?entry=<code> amends one, ?entry=new adds one, ?city= chooses the 自治体."""
    page = catalogue_page(request.user, generation, city=request.GET.get("city"), entry=request.GET.get("entry", ""))
    if request.method != "POST":
        return _catalogue_drawn(request, page)
    require(page.may_amend, MAY_NOT)
    action = {
        "save": _save_entry,
        "next": _save_entry,
        "leave_out": _leave_entry_out,
        "take_back": _take_entry_back,
    }.get(request.POST.get("do", ""))
    if action is None or (page.line is None and (not page.is_new or action is not _save_entry)):
        raise BadRequest("unknown action")
    form = EntryForm(request.POST, page=page)
    if not form.is_valid() and action is _save_entry:
        return _catalogue_drawn(request, page, form)

    def page_again(form: EntryForm, refused: Refused, **_: Any) -> HttpResponse:
        return _catalogue_drawn(request, page, form, conflict=refused, status=409)

    return answer(request, partial(action, request, page, form), form, page_again)


def _save_entry(request: PersonRequest, page: CataloguePage, form: EntryForm) -> tuple[str, str]:
    city, by = page.municipality, request.user
    if page.line is None:
        row = add_entry(city, page.period.generation, form.columns, by=by, channel=Channel.SCREEN)
    else:
        code, version = page.line.entry.code, form.started_from
        row = amend_entry(city, code, form.columns, version=version, by=by, channel=Channel.SCREEN)
    following = page.next_to_check if request.POST["do"] == "next" else ""
    onward = _catalogue_address(request, page, entry=following) + "#entry" if following else _list_again(request, page)
    return f"「{row.title}」を保存しました。次に計画を作るときから使います。", onward


def _leave_entry_out(request: PersonRequest, page: CataloguePage, form: EntryForm) -> tuple[str, str]:
    """Leave the current entry out: it is no longer offered when a plan is opened."""
    line: Any = page.line
    new = content_of(line.amendment or unamended(line.entry)) | {"left_out": True}
    city, code, version = page.municipality, line.entry.code, form.started_from
    amend_entry(city, code, new, version=version, by=request.user, channel=Channel.SCREEN)
    return f"「{line.entry.title}」を使わないことにしました。", _list_again(request, page)


def _take_entry_back(request: PersonRequest, page: CataloguePage, form: EntryForm) -> tuple[str, str]:
    line: Any = page.line
    city, version = page.municipality, form.started_from
    take_back(city, line.entry.code, version=version, by=request.user, channel=Channel.SCREEN)
    done = "国の内容に戻しました" if line.national else "取り除きました"
    return f"「{line.entry.title}」を{done}。", _list_again(request, page)


def _list_again(request: PersonRequest, page: CataloguePage) -> str:
    """The list without the entry that was open, at the place of that entry."""
    return _catalogue_address(request, page) + (f"#row-{page.line.entry.code}" if page.line else "")


def _catalogue_address(request: PersonRequest, page: CataloguePage, **asked: str) -> str:
    """The page of the same 自治体 with these query parameters."""
    if "city" in request.GET:
        asked = {"city": page.municipality.code} | asked
    return f"{request.path}?{urlencode(asked)}" if asked else request.path


def _catalogue_drawn(
    request: PersonRequest, page: CataloguePage, form: EntryForm | None = None, status: int = 200, **more: Any
) -> HttpResponse:
    is_open = page.may_amend and (page.line is not None or page.is_new)
    context = {
        "page": page,
        "municipality": page.municipality,
        "form": (form or EntryForm(page=page)) if is_open else None,
        "back": _list_again(request, page),
    }
    return render(request, "plans/catalogue.html", context | more, status=status)
