"""The web app, put together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

from fastapi import Depends, FastAPI
from fastapi.responses import RedirectResponse, Response
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.staticfiles import StaticFiles

from pipeline.store.database import Store
from review import (
    account,
    approval,
    audit_pages,
    children,
    conversations,
    corrections,
    errors,
    members,
    oidc,
    rereadings,
    restyled,
    signin,
    uploads,
    users,
    versions,
    welcome,
    word,
)
from review.api import routes
from review.guard import Visit, needs
from review.limits import Limits
from review.pages import STATIC
from review.security import Shield
from review.settings import ReviewSettings
from review.site import Site

if TYPE_CHECKING:
    from pipeline.drafting import Drafter
    from pipeline.rendering import Renderer

ROUTERS = (
    signin.router,
    oidc.router,
    welcome.router,
    account.router,
    users.router,
    members.router,
    audit_pages.router,
    children.router,
    uploads.router,
    conversations.router,
    corrections.router,
    versions.router,
    approval.router,
    rereadings.router,
    restyled.router,
    word.router,
    routes.router,
)


class _Static(StaticFiles):
    """Files that never change under one address: the address holds a hash of their bytes."""

    def file_response(self, *args: object, **kwargs: object) -> Response:
        """Lets browsers keep a file."""
        response = super().file_response(*args, **kwargs)  # type: ignore[arg-type]  # passed on as given
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response


def create_app(
    store: Store, settings: ReviewSettings, url: str, *, drafter: Drafter, renderer: Renderer
) -> FastAPI:
    """The web app on an open store.

    Args:
        store: The store.
        settings: The settings of the installation.
        url: Where people find it (`https://izp.ziekenhuis.nl`).
        drafter: Drafts what is handed in.
        renderer: Makes the documents of a plan.
    """
    url = url.rstrip("/")
    is_secure = url.startswith("https://")
    host = urlsplit(url).hostname or ""
    app = FastAPI(
        title="izp",
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        middleware=[
            Middleware(Shield, max_bytes=settings.max_bytes, is_secure=is_secure),
            Middleware(
                TrustedHostMiddleware, allowed_hosts=[f"[{host}]" if ":" in host else host, "localhost"]
            ),
        ],
    )
    app.state.site = Site(
        store, settings, url, drafter, renderer, Limits(), oidc.provider_of(settings, f"{url}{oidc.RETURN}")
    )
    errors.install(app)
    for router in ROUTERS:
        app.include_router(router)
    app.add_api_route("/", _home, methods=["GET"], name="home", include_in_schema=False)
    app.mount("/static", _Static(directory=STATIC), name="static")
    return app


def _home(_: Request, visit: Annotated[Visit, Depends(needs("sign_out"))]) -> Response:
    """Where someone begins: a beheerder with the accounts, all others with the children."""
    return RedirectResponse("/beheer/gebruikers" if visit.user.role == "beheerder" else "/kinderen", 303)
