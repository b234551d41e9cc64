"""The list of plans, and the way in."""

from django.http import Http404


def home(request):
    raise Http404


def plan_list(request):
    raise Http404
