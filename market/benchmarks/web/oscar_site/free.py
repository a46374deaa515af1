# mypy: ignore-errors
"""What costs the peer nothing, in its favour: finding products, and shrinking pictures."""

from haystack import connections
from haystack.backends import BaseEngine, BaseSearchBackend
from haystack.backends.simple_backend import SimpleSearchQuery
from haystack.models import SearchResult

FOUND = 40
"""Hits of every search: two pages."""


class Backend(BaseSearchBackend):
    """Hits as a search engine answers them, numbers alone; the shop reads their products by itself."""

    _ids = ()

    def update(self, index, iterable, commit=True):
        """There is no index."""

    def remove(self, obj_or_string):
        """There is no index."""

    def clear(self, models=None, commit=True):
        """There is no index."""

    def search(self, query_string, start_offset=0, end_offset=None, **_kwargs):
        """Everything for no words, the first of it for any words."""
        ids = self._known()
        if query_string == Query.WORDS:
            ids = ids[:FOUND]
        hits = [SearchResult("catalogue", "product", id_, 0) for id_ in ids[start_offset:end_offset]]
        return {"results": hits, "hits": len(ids)}

    def _known(self):
        if not Backend._ids:
            (model,) = connections["default"].get_unified_index().get_indexed_models()
            Backend._ids = tuple(model.objects.order_by("-id").values_list("id", flat=True))
        return Backend._ids


class Query(SimpleSearchQuery):
    """Knows whether somebody typed words: the field `content` is asked for then."""

    WORDS = "words"

    def build_query(self):
        """What else is asked for holds of every product."""
        return self.WORDS if _asks_for_content(self.query_filter) else "*"


def _asks_for_content(node):
    return any(
        _asks_for_content(child) if hasattr(child, "children") else child[0].startswith("content")
        for child in node.children
    )


class Engine(BaseEngine):
    """For HAYSTACK_CONNECTIONS."""

    backend, query = Backend, Query


class Thumbnailer:
    """The picture as it is."""

    def generate_thumbnail(self, source, **_options):
        """Nothing to do."""
        return source

    def delete_thumbnails(self, source):
        """Nothing to do."""
