"""A Lambda Invoke API that plays scripts: what each function answers, call by call."""

import json
import threading
from collections import defaultdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Fails(Exception):
    """A function error: its type and its message."""

    def __init__(self, kind: str, message: str = "as scripted"):
        super().__init__(kind)
        self.kind, self.message = kind, message


class LambdaFake:
    """`script[function]` is a list of answers (a dict, or Fails); the last one is repeated."""

    def __init__(self, script: dict):
        self.script, self.calls = script, []
        self._count, self._lock = defaultdict(int), threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()

    def play(self, script: dict) -> None:
        with self._lock:
            self.script, self.calls = script, []
            self._count.clear()

    def answer(self, function: str, payload: dict):
        with self._lock:
            self.calls.append((function, payload))
            lines = self.script.get(function, [{"more": False, "wait_seconds": 0}])
            line = lines[min(self._count[function], len(lines) - 1)]
            self._count[function] += 1
            return line

    def _handler(fake):
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                function = self.path.split("/functions/")[1].split("/")[0]
                payload = json.loads(self.rfile.read(int(self.headers.get("content-length", 0))) or "{}")
                line = fake.answer(function, payload)
                failed = isinstance(line, Fails)
                body = {"errorType": line.kind, "errorMessage": line.message} if failed else line
                text = json.dumps(body).encode()
                self.send_response(200)
                if failed:
                    self.send_header("X-Amz-Function-Error", "Unhandled")
                self.send_header("content-length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_):
                pass

        return Handler
