from django.apps import AppConfig


class CemConfig(AppConfig):
    name = "cem"
