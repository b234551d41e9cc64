"""Addresses of the 成果目標."""

from django.urls import path

from targets.views import target_list

app_name = "targets"

urlpatterns = [path("plans/<slug:slug>/targets/", target_list, name="target_list")]
