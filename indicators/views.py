"""活動指標 of a plan."""

from django.http import Http404


def indicator_list(request, slug):
    raise Http404
