"""成果目標 of a plan."""

from django.http import Http404


def target_list(request, slug):
    raise Http404
