"""Debian's Chromium, driven by its own debugging protocol: just enough to open a page and ask it something."""
import base64
import json
import os
import socket
import struct
import subprocess
import tempfile
import time
import urllib.request


class Browser:
    def __init__(self, headers):
        self.headers = headers
        self.folder = tempfile.TemporaryDirectory(prefix="mb-browser-", ignore_cleanup_errors=True)
        words = ["chromium", "--headless=new", "--remote-debugging-port=0", "--user-data-dir=" + self.folder.name, "--no-first-run", "about:blank"]
        if os.geteuid() == 0:
            words.insert(1, "--no-sandbox")
        self.process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        told = os.path.join(self.folder.name, "DevToolsActivePort")
        end = time.monotonic() + 30
        while not (os.path.exists(told) and os.path.getsize(told)):
            if time.monotonic() > end or self.process.poll() is not None:
                raise RuntimeError("chromium did not start")
            time.sleep(0.05)
        self.port = int(open(told).readline())

    def open(self):
        request = urllib.request.Request("http://127.0.0.1:%d/json/new?about:blank" % self.port, method="PUT")
        with urllib.request.urlopen(request, timeout=20) as answer:
            page = Page(json.load(answer)["webSocketDebuggerUrl"])
        page.ask("Network.enable")
        page.ask("Network.setCacheDisabled", cacheDisabled=True)
        page.ask("Network.setExtraHTTPHeaders", headers=self.headers)
        page.ask("Page.enable")
        return page

    def close(self):
        self.process.terminate()
        self.process.wait()
        self.folder.cleanup()


class Page:
    """One tab's debugging connection (RFC 6455, client side)."""

    def __init__(self, url):
        host, _, path = url[len("ws://"):].partition("/")
        name, _, port = host.partition(":")
        self.sock = socket.create_connection((name, int(port)), timeout=60)
        key = base64.b64encode(os.urandom(16)).decode()
        self.sock.sendall(("GET /%s HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: %s\r\n"
                           "Sec-WebSocket-Version: 13\r\n\r\n" % (path, host, key)).encode())
        self.rest = b""
        while b"\r\n\r\n" not in self.rest:
            self.rest += self.sock.recv(4096)
        self.rest = self.rest.split(b"\r\n\r\n", 1)[1]
        self.last = 0

    def ask(self, method, **parameters):
        self.last += 1
        body = json.dumps({"id": self.last, "method": method, "params": parameters}).encode()
        size = bytes([0x80 | len(body)]) if len(body) < 126 else b"\xfe" + struct.pack(">H", len(body))
        mask = os.urandom(4)
        self.sock.sendall(b"\x81" + size + mask + bytes(b ^ mask[i % 4] for i, b in enumerate(body)))
        while True:
            answer = json.loads(self._message())
            if answer.get("id") == self.last:
                if "error" in answer:
                    raise RuntimeError("%s: %s" % (method, answer["error"]))
                return answer["result"]

    def value(self, expression):
        return self.ask("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)["result"].get("value")

    def first_paint(self, address):
        """Opens a page; milliseconds from the navigation's start to its first paint with content."""
        self.ask("Page.navigate", url=address)
        return self.value("new Promise(done => new PerformanceObserver(list => { for (const e of list.getEntriesByName('first-contentful-paint'))"
                          " done(e.startTime); }).observe({ type: 'paint', buffered: true }))")

    def _take(self, count):
        while len(self.rest) < count:
            got = self.sock.recv(65536)
            if not got:
                raise RuntimeError("the browser is gone")
            self.rest += got
        taken, self.rest = self.rest[:count], self.rest[count:]
        return taken

    def _message(self):
        text = b""
        while True:
            first, size = self._take(2)
            size &= 0x7F
            if size > 125:
                size = struct.unpack(">H" if size == 126 else ">Q", self._take(2 if size == 126 else 8))[0]
            text += self._take(size)
            if first & 0x80:
                return text
