"""One measure, a stable address to cite."""

from django.http import Http404


def measure(request, slug, code):
    raise Http404
