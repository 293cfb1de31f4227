"""Settings of the floor: nothing but the ORM and CommonMiddleware."""

import os

import dj_database_url

SECRET_KEY = "the floor keeps no secrets"  # noqa: S105  nothing is signed with it
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS = ["bench.floor"]
MIDDLEWARE = ["django.middleware.common.CommonMiddleware"]
ROOT_URLCONF = "bench.floor.urls"
USE_TZ = True
DATABASES = {
    "default": dj_database_url.parse(os.environ["DATABASE_URL"], conn_max_age=600)
}
