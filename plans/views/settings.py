"""計画の設定."""

from django.http import Http404


def plan_settings(request, slug):
    raise Http404
