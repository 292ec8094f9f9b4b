"""A browser without pictures: cookies, forms with the token of their page, and no redirect followed unasked."""

import http.client
import re
import urllib.parse
from dataclasses import dataclass, field
from http.cookies import SimpleCookie

TOKEN = re.compile(r'name="csrf" value="([^"]+)"')
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Page:
    """An answer, as it came."""

    status: int
    headers: http.client.HTTPMessage
    text: str

    @property
    def location(self) -> str:
        return self.headers["Location"]

    @property
    def words(self) -> str:
        """The text without its markup."""
        return " ".join(re.sub(r"<[^>]*>", " ", self.text).split())


@dataclass
class Browser:
    """A browser at one address of the HTTP API; `host` names the API, as its own domain would."""

    url: str
    host: str
    cookies: dict = field(default_factory=dict)

    def get(self, path: str, **headers) -> Page:
        return self._send("GET", path, None, headers)

    def send(self, path: str, **fields) -> Page:
        """A form without a token, as somebody else's page would send it."""
        return self._send("POST", path, urllib.parse.urlencode(fields), {"Content-Type": FORM})

    def post(self, path: str, **fields) -> Page:
        """A form of a page of this session."""
        (token, *_) = TOKEN.findall(self.get("/console/auditoria").text) or [""]
        return self.send(path, csrf=token, **fields)

    def after(self, change: Page) -> str:
        """The text of the page that a change leads to."""
        assert change.status == 303, (change.status, change.words)
        return self.get(change.location).text

    def enter(self, key: str, name: str = "Ana Teste") -> Page:
        return self.send("/console/entrar", nome=name, chave=key)

    def _send(self, method: str, path: str, body: str | None, headers: dict) -> Page:
        named = {"Host": self.host, **headers}
        if self.cookies:
            named["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        connection = http.client.HTTPConnection(urllib.parse.urlsplit(self.url).netloc, timeout=60)
        try:
            connection.request(method, path, body, named)
            answer = connection.getresponse()
            page = Page(answer.status, answer.headers, answer.read().decode())
        finally:
            connection.close()
        for line in page.headers.get_all("Set-Cookie") or []:
            for name, morsel in SimpleCookie(line).items():
                self.cookies.pop(name, None)
                if morsel.value:
                    self.cookies[name] = morsel.value
        return page
