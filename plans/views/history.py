"""変更履歴."""

from django.http import Http404


def history(request):
    raise Http404
