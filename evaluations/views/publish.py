"""公表 and its withdrawal."""

from django.http import Http404


def publish(request, slug):
    raise Http404
