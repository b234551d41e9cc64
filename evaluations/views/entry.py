"""入力: what is to do in a year, and the grid of one 節."""

from django.http import Http404


def entry_year(request, slug, year):
    raise Http404


def entry_section(request, slug, year, number):
    raise Http404
