"""The content security policy, written in the order of the settings."""

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase


class OrderedCSPMiddleware(CSPMiddleware):
    """django-csp builds the header from a set, so each process would print its own order: here it is always the same,
    which lets a proxy's rule, an audit and a test compare it as text."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        response = super().process_response(request, response)
        if HEADER in response:
            order = list(settings.CONTENT_SECURITY_POLICY["DIRECTIVES"])
            directives = response[HEADER].split("; ")
            response[HEADER] = "; ".join(sorted(directives, key=lambda directive: order.index(directive.split()[0])))
        return response
