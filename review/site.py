"""What every request of a running web app can reach."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, cast

from starlette.requests import HTTPConnection

from pipeline.store.database import Store
from review.limits import Limits
from review.settings import ReviewSettings

if TYPE_CHECKING:
    from pipeline.drafting import Drafter
    from pipeline.rendering import Renderer
    from review.oidc import Provider


class Site(NamedTuple):
    """A running web app.

    Attributes:
        store: The open store.
        settings: The settings of the installation.
        url: Where people find it, without a slash behind it.
        drafter: Drafts what was handed in.
        renderer: Makes the documents of a plan.
        limits: How often an address or a login may try to sign in.
        provider: The hospital's sign-on, if there is one.
    """

    store: Store
    settings: ReviewSettings
    url: str
    drafter: Drafter
    renderer: Renderer
    limits: Limits
    provider: Provider | None

    @property
    def is_secure(self) -> bool:
        """Whether it is reached by https alone."""
        return self.url.startswith("https://")


def site_of(connection: HTTPConnection) -> Site:
    """The web app that a request came to."""
    return cast("Site", connection.app.state.site)
