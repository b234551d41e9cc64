"""Addresses of the list, the people, the settings, the history and the manual."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from plans.views import Login, PasswordChange, catalogue, help_page, history, home, people, plan_list, plan_settings

app_name = "plans"

urlpatterns = [
    path("", home, name="home"),
    path("login/", Login.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("password/", PasswordChange.as_view(), name="password"),
    path("plans/", plan_list, name="plan_list"),
    path("plans/catalogue/<int:generation>/", catalogue, name="catalogue"),
    path("plans/<slug:slug>/settings/", plan_settings, name="plan_settings"),
    path("people/", people, name="people"),
    path("history/", history, name="history"),
    path("help/", help_page, name="help"),
]
