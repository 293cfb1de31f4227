"""Addresses of this app."""

from django.urls import path

from customers.views import accounts, imports, people

app_name = "customers"

urlpatterns = [
    path("", people.customer_list, name="list"),
    path("export.csv", people.export, name="export"),
    path("new/", people.customer_new, name="new"),
    path("<int:pk>/", people.customer_detail, name="detail"),
    path("<int:pk>/edit/", people.customer_edit, name="edit"),
    path("<int:pk>/consent/", people.consent, name="consent"),
    path("accounts/", accounts.account_list, name="account_list"),
    path("accounts/new/", accounts.account_new, name="account_new"),
    path("accounts/<int:pk>/", accounts.account_detail, name="account"),
    path("accounts/<int:pk>/edit/", accounts.account_edit, name="account_edit"),
    path("imports/", imports.import_list, name="import_list"),
    path("imports/<int:pk>/", imports.import_detail, name="import"),
    path("imports/<int:pk>/columns/", imports.import_columns, name="import_columns"),
    path("imports/<int:pk>/run/", imports.import_run, name="import_run"),
    path("imports/<int:pk>/errors.csv", imports.import_errors, name="import_errors"),
    path("imports/<int:pk>/deletion/", imports.import_delete, name="import_delete"),
]
