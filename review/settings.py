"""What an operator of the web app may set, by environment variables that start with `IZP_`."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Self

from pydantic import AnyHttpUrl, Field, SecretStr, field_validator, model_validator

from pipeline.settings import Settings
from pipeline.store.permissions import FUNCTIONS, ROLES


class ReviewSettings(Settings):
    """The settings of the web app, on top of those of the pipeline.

    Attributes:
        url: Where people find izp (`https://izp.ziekenhuis.nl`). It tells whether cookies are for https only,
            which host is answered to, and what links and the hospital's sign-on lead back to. Without it, the
            address that izp listens on.
        proxies: The addresses or networks of proxies whose `X-Forwarded-For` is believed, by commas.
        oidc_issuer: The hospital's sign-on (OpenID Connect): the address under which it publishes
            `.well-known/openid-configuration`.
        oidc_client_id: What izp is called there.
        oidc_client_secret: The secret that goes with it.
        oidc_name: What the button to sign on says behind "Inloggen met".
        oidc_role_claim: The claim that tells somebody's role, where the hospital's sign-on decides on roles.
        oidc_roles: What each value of that claim stands for: a role, for a behandelaar with the function
            behind a colon (`behandelaar:arts`).
    """

    url: AnyHttpUrl | None = None
    proxies: str = ""
    oidc_issuer: AnyHttpUrl | None = None
    oidc_client_id: str | None = None
    oidc_client_secret: SecretStr | None = None
    oidc_name: str = "het ziekenhuis"
    oidc_role_claim: str | None = None
    oidc_roles: dict[str, str] = Field(default_factory=dict)

    @field_validator("proxies")
    @classmethod
    def _are_networks(cls, value: str) -> str:
        for each in value.split(","):
            if each.strip():
                ip_network(each.strip())
        return value

    @field_validator("oidc_roles")
    @classmethod
    def _are_roles(cls, value: dict[str, str]) -> dict[str, str]:
        for told in value.values():
            role, _, function = told.partition(":")
            if role not in ROLES or (function in FUNCTIONS) != (role == "behandelaar"):
                raise ValueError("a role, or behandelaar with a function: behandelaar:arts")
        return value

    @model_validator(mode="after")
    def _sign_on_is_whole(self) -> Self:
        told = (self.oidc_issuer, self.oidc_client_id, self.oidc_client_secret)
        if any(told) and not all(told):
            raise ValueError("oidc_issuer, oidc_client_id and oidc_client_secret belong together")
        if bool(self.oidc_role_claim) != bool(self.oidc_roles):
            raise ValueError("oidc_role_claim and oidc_roles belong together")
        return self
