"""The form of the evaluation texts."""

from django.http import Http404


def edit_texts(request, slug, number, year):
    raise Http404
