# mypy: ignore-errors
"""Settings of the peer: as its handbook says, and tuned as far as settings go.

Connections are kept, templates are compiled once, cache and sessions are in Redis where there is one (else in
the process, sessions in the database behind it), search and pictures cost nothing, mails go nowhere.
"""

import json
import os

from oscar.defaults import *  # noqa: F403

DEBUG = False
SECRET_KEY = os.environ["PEER_SECRET"]
ALLOWED_HOSTS = ["127.0.0.1"]
SITE_ID = 1
ROOT_URLCONF = "market.benchmarks.web.oscar_site.urls"
WSGI_APPLICATION = None
TIME_ZONE, USE_TZ, USE_I18N, LANGUAGE_CODE = "Asia/Jakarta", True, True, "en-gb"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
STATIC_URL, MEDIA_URL, MEDIA_ROOT = "/static/", "/media/", ""

_PARTS = """
config analytics checkout address shipping catalogue catalogue.reviews communication partner basket payment
offer order customer search voucher wishlists dashboard dashboard.reports dashboard.users dashboard.orders
dashboard.catalogue dashboard.offers dashboard.partners dashboard.pages dashboard.ranges dashboard.reviews
dashboard.vouchers dashboard.communications dashboard.shipping
"""
_TABLES = """
auth contenttypes sessions sites flatpages analytics address shipping catalogue reviews communication partner
basket payment offer order customer voucher wishlists
"""
"""Made at once from the models: the same tables, without walking through their past."""
_CLASSES = {
    "config": "oscar.config.Shop",
    "catalogue.reviews": "oscar.apps.catalogue.reviews.apps.CatalogueReviewsConfig",
}


def _app(part):
    """The dotted path of one of its applications."""
    name = "".join(word.capitalize() for word in reversed(part.split(".")))
    return _CLASSES.get(part, f"oscar.apps.{part}.apps.{name}Config")


INSTALLED_APPS = [
    *(f"django.contrib.{name}" for name in ("auth", "contenttypes", "sessions", "messages", "staticfiles")),
    *("django.contrib.sites", "django.contrib.flatpages"),
    *map(_app, _PARTS.split()),
    *("widget_tweaks", "haystack", "treebeard", "django_tables2"),
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "oscar.apps.basket.middleware.BasketMiddleware",
]
AUTHENTICATION_BACKENDS = (
    "oscar.apps.customer.auth_backends.EmailBackend",
    "django.contrib.auth.backends.ModelBackend",
)
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    ["django.template.loaders.app_directories.Loader"],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
                "oscar.apps.search.context_processors.search_form",
                "oscar.apps.checkout.context_processors.checkout",
                "oscar.apps.communication.notifications.context_processors.notifications",
                "oscar.core.context_processors.metadata",
            ],
        },
    }
]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        **json.loads(os.environ["PEER_DATABASE"]),
        "ATOMIC_REQUESTS": True,
        "CONN_MAX_AGE": None,
    }
}
_REDIS = os.environ.get("PEER_REDIS", "")
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": _REDIS}
    if _REDIS
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}
SESSION_ENGINE = f"django.contrib.sessions.backends.{'cache' if _REDIS else 'cached_db'}"
MIGRATION_MODULES = dict.fromkeys(_TABLES.split())
HAYSTACK_CONNECTIONS = {"default": {"ENGINE": "market.benchmarks.web.oscar_site.free.Engine"}}
OSCAR_THUMBNAILER = "market.benchmarks.web.oscar_site.free.Thumbnailer"
OSCAR_ALLOW_ANON_CHECKOUT = True
OSCAR_DEFAULT_CURRENCY = "IDR"
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
LOGGING = {"version": 1, "disable_existing_loggers": True, "root": {"level": "ERROR", "handlers": []}}
