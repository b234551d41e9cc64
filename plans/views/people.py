"""利用者: who may do what in the city."""

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from plans.people_forms import FORMS, CityPeople
from plans.people_page import chosen_city, managed_cities, people_page
from plans.requests import PersonRequest


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def people(request: PersonRequest) -> HttpResponse:
    """The people and 担当課 of one city, with a small form for each thing that can be done."""
    managed = managed_cities(request.user)
    city = CityPeople(chosen_city(managed, request.GET.get("city")))
    if request.method != "POST":
        return render(request, "plans/people.html", {"managed": managed} | people_page(city, request.user, None))
    form_class = FORMS.get(request.POST.get("do", ""))
    if form_class is None:
        raise BadRequest("unknown action")
    form = form_class(request.POST, city=city, by=request.user)
    if not form.carry_out():
        return render(request, "plans/people.html", {"managed": managed} | people_page(city, request.user, form))
    if form.secret:
        # Rendered at once and stored nowhere: a redirect would have to store the password on the way.
        return render(request, "plans/people_password.html", {"form": form})
    messages.success(request, form.done)
    return redirect(request.get_full_path())
