"""Requests and answers: what a handler is given, and how it answers in HTML or JSON."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Request:
    """Datasette's request and Datasette itself."""

    raw: Any
    datasette: Any

    @property
    def args(self) -> Any:
        return self.raw.args

    @property
    def path(self) -> dict[str, str]:
        """The named parts of the address."""
        return dict(self.raw.url_vars)

    @property
    def reviewer(self) -> str:
        """The name of the person who is signed in; "" for nobody."""
        return str((self.raw.actor or {}).get("id", ""))

    @property
    def wants_json(self) -> bool:
        return "application/json" in self.raw.headers.get("accept", "")

    @property
    def only_looks(self) -> bool:
        """Whether a program looks ahead and nobody reads: HEAD, and what browsers fetch before somebody clicks."""
        headers = self.raw.headers
        ahead = f"{headers.get('sec-purpose', '')} {headers.get('purpose', '')} {headers.get('x-moz', '')}".lower()
        return self.raw.method == "HEAD" or "prefetch" in ahead or "preview" in ahead

    async def reads_all(self) -> bool:
        """Whether the visitor may read whole articles, the queue and the names of reviewers."""
        from legation.pipeline.web.people import READ_ALL

        return bool(await self.datasette.permission_allowed(self.raw.actor, READ_ALL, default=False))

    async def form(self) -> dict[str, str]:
        """The fields of a form. Raises UsageProblem for a body that is none."""
        from legation.pipeline.errors import UsageProblem

        try:
            return dict(await self.raw.post_vars())
        except (UnicodeDecodeError, ValueError) as error:
            raise UsageProblem("the form cannot be read") from error


async def page(asked: Request, template: str, status: int = 200, **values: Any) -> Any:
    """An HTML answer from templates/legation/."""
    from datasette.utils.asgi import Response

    html = await asked.datasette.render_template(f"legation/{template}", values, request=asked.raw)
    return Response.html(html, status=status)


def data(value: Any, status: int = 200) -> Any:
    """A JSON answer."""
    from datasette.utils.asgi import Response

    return Response.json(value, status=status)


def file(body: str | bytes, content_type: str, name: str | None = None) -> Any:
    """Any other answer; with `name` a browser saves it under that name."""
    from datasette.utils.asgi import Response

    headers = {"content-disposition": f'attachment; filename="{name}"'} if name else {}
    return Response(body, headers=headers, content_type=content_type)


def go(address: str) -> Any:
    """A redirect that a browser follows with GET."""
    from datasette.utils.asgi import Response

    return Response.redirect(address, status=303)


async def problem(asked: Request, status: int, words: str) -> Any:
    """An error in one shape: JSON {"error": words} for scripts, a page for people."""
    if asked.wants_json:
        return data({"error": words}, status)
    return await page(asked, "problem.html", status, words=words)
