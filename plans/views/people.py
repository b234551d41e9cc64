"""利用者: who may do what in the city."""

from django.http import Http404


def people(request):
    raise Http404
