"""概況 of a plan."""

from django.http import Http404


def dashboard(request, slug):
    raise Http404
