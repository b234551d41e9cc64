"""The moves of one 節 and 年度 (POST)."""

from django.http import Http404


def move(request, slug, number, year, name):
    raise Http404
