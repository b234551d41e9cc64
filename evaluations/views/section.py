"""The PDCA page of one 節 and 年度."""

from django.http import Http404


def section_latest(request, slug, number):
    raise Http404


def section_year(request, slug, number, year):
    raise Http404
