"""What the menu and the footer of every page need."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from plans.access import memberships_of
from plans.models import Role


def navigation(request: HttpRequest) -> dict[str, object]:
    """`is_manager`: whether 利用者 opens; one query, only where the page itself does not know. `software_version`: for
    the footer.
    """
    is_manager = SimpleLazyObject(lambda: memberships_of(request.user).filter(role=Role.MANAGER).exists())
    return {"is_manager": is_manager, "software_version": settings.VERSION}
