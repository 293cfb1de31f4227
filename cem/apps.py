from django.apps import AppConfig

from cem import generics

# Before any app's models: Django loads all of these modules first.
generics.allow()


class CemConfig(AppConfig):
    name = "cem"
