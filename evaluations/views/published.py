"""What residents see: read from publications alone."""

from django.http import Http404


def published_list(request):
    raise Http404


def published_plan(request, slug):
    raise Http404


def published_section(request, slug, number, year):
    raise Http404


def published_data(request, slug, extension):
    raise Http404


def published_version(request, slug, number):
    raise Http404
