"""使い方."""

from django.http import Http404


def help_page(request):
    raise Http404
