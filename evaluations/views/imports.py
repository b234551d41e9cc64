"""取り込み."""

from django.http import Http404


def import_table(request, slug):
    raise Http404
