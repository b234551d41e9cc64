"""出力."""

from django.http import Http404


def exports(request, slug):
    raise Http404


def tidy_download(request, slug, extension):
    raise Http404


def sheet_download(request, slug, year):
    raise Http404
