"""Opens report pages in headless Chromium and looks: errors, network, width, contrast, behaviour.

    tools/page_check.py REPORT.html ... [--shots FOLDER] [--print]

Renders every file at 1280 and 360 pixels, light and dark, and fails on: console errors, requests,
horizontal scrolling of the page, text below WCAG AA contrast, figures without a label, repeated
ids, and a table that does not sort, filter or open. Speaks the DevTools protocol over a pipe, so
it needs nothing but Chromium and Python.
"""

import argparse
import base64
import json
import os
import pathlib
import subprocess
import sys
import tempfile

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync",
         "--hide-scrollbars", "--remote-debugging-pipe", "about:blank"]

# Runs in the page; returns a list of complaints.
LOOK = r"""
(() => {
  const bad = [];
  const wide = document.documentElement.scrollWidth;
  if (wide > innerWidth) bad.push(`page scrolls sideways: ${wide} > ${innerWidth}`);
  if (window.broken) bad.push("text of the data ran as a script");
  if (document.querySelector("img")) bad.push("text of the data became an element");
  if (document.querySelectorAll("script").length !== 2) bad.push("a script was added");
  const ids = [...document.querySelectorAll("[id]")].map((x) => x.id);
  for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) bad.push(`id twice: ${id}`);
  for (const image of document.querySelectorAll("svg:not([aria-hidden])"))
    if (image.getAttribute("role") !== "img" || !image.getAttribute("aria-label"))
      bad.push("a figure without a label");
  for (const control of document.querySelectorAll("button, input, select, a, summary"))
    if (!(control.textContent.trim() || control.getAttribute("aria-label") ||
          control.closest("label"))) bad.push("a control without a name");
  if (document.querySelectorAll("h1").length !== 1) bad.push("not one h1");
  let level = 0;
  for (const head of document.querySelectorAll("h1, h2, h3, h4")) {
    const next = Number(head.tagName[1]);
    if (next > level + 1) bad.push(`heading level skipped at: ${head.textContent.slice(0, 40)}`);
    level = next;
  }
  for (const text of [document.body.innerText, ...[...document.querySelectorAll(
      "[data-tip], [aria-label]")].map((x) => (x.dataset.tip || "") +
      (x.getAttribute("aria-label") || ""))])
    for (const wrong of ["undefined", "NaN", "[object", "null,"])
      if (text.includes(wrong)) bad.push(`the page says ${wrong}`);
  const number = document.body.innerText.match(/\d\.\d{6,}/);
  if (number) bad.push(`a number with too many digits: ${number[0]}`);

  const rgb = (text) => {
    const part = text.match(/[\d.]+/g).map(Number);
    return part.length > 3 ? part : [...part, 1];
  };
  const light = (c) => c.slice(0, 3).map((v) => v / 255).map((v) =>
    v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (node) => {
    for (let at = node; at; at = at.parentElement) {
      const c = rgb(getComputedStyle(at).backgroundColor);
      if (c[3] === 1) return c;
    }
    return [255, 255, 255, 1];
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const seen = new Set();
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || !node.getClientRects().length ||
        node.closest("script, noscript, .inbar, .arrow")) continue;
    const style = getComputedStyle(node);
    const ink = rgb(node instanceof SVGElement ? style.fill : style.color);
    const a = light(ink), b = light(ground(node));
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const key = `${node.tagName}.${node.getAttribute("class")}`;
    if (ratio < (large ? 3 : 4.5) && !seen.has(key)) {
      seen.add(key);
      bad.push(`contrast ${ratio.toFixed(2)} of ${key}: ${node.textContent.slice(0, 30)}`);
    }
  }
  return bad;
})()
"""

# Sorts, filters and opens the table of cases; explains a number by keyboard.
USE = r"""
(() => {
  const bad = [];
  const table = document.querySelector("table.cases");
  if (!table) return bad;
  const rows = () => [...table.tBodies[0].rows].filter((row) => !row.classList.contains("detail"));
  const heads = [...table.querySelectorAll("button.sort")];
  for (const head of heads) {
    head.click();
    const cell = head.closest("th");
    const first = cell.getAttribute("aria-sort"), top = rows()[0].id;
    if (!first) bad.push(`no aria-sort after sorting by ${head.textContent}`);
    head.click();
    if (cell.getAttribute("aria-sort") === first) bad.push("sorting does not turn round");
    if (document.querySelectorAll("table.cases th[aria-sort]").length !== 1)
      bad.push("sorted by more than one column");
  }
  const flat = heads.findIndex((head) => head.textContent.startsWith("Blindness"));
  heads[flat].click();
  if (heads[flat].closest("th").getAttribute("aria-sort") !== "descending") heads[flat].click();
  const index = heads[flat].closest("th").cellIndex;
  const values = rows().map((row) => parseFloat(row.cells[index].textContent));
  if (values.some((value, i) => i && value > values[i - 1])) bad.push("not sorted: " + values);
  const search = document.querySelector("input[type=search]");
  const count = rows().length;
  search.value = "no such words anywhere";
  search.dispatchEvent(new Event("input"));
  if (rows().length !== 0) bad.push("the search finds what is not there");
  if (!/^0 of 0/.test(document.querySelector(".status").textContent)) bad.push("no status");
  search.value = "";
  search.dispatchEvent(new Event("input"));
  if (rows().length !== count) bad.push("the search does not let go");
  const select = document.querySelector(".controls select");
  select.value = "on";
  select.dispatchEvent(new Event("change"));
  const state = [...table.tHead.rows[0].cells].findIndex((x) => x.textContent.startsWith("V"));
  if (rows().some((row) => !row.cells[state].textContent.includes("on")))
    bad.push("the filter lets others through");
  select.value = "";
  select.dispatchEvent(new Event("change"));
  const opener = rows()[1].querySelector(".opener");
  const was = opener.getAttribute("aria-expanded");
  opener.click();
  if (rows()[1].querySelector(".opener").getAttribute("aria-expanded") === was)
    bad.push("a case does not open");
  document.querySelectorAll("details").forEach((block) => { block.open = true; });
  return bad;
})()
"""


class Browser:
    def __init__(self, profile):
        to_read, self.to = os.pipe()
        self.out, from_write = os.pipe()
        high = [os.dup2(to_read, 203), os.dup2(from_write, 204)]

        def wire():
            os.dup2(high[0], 3)
            os.dup2(high[1], 4)
        self.process = subprocess.Popen(
            ["/usr/bin/chromium", f"--user-data-dir={profile}", *FLAGS], preexec_fn=wire,
            close_fds=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for end in (to_read, from_write, *high):
            os.close(end)
        self.buffer, self.number, self.events = b"", 0, []
        target = self.send("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.send(domain + ".enable")

    def read(self):
        while b"\0" not in self.buffer:
            chunk = os.read(self.out, 1 << 16)
            if not chunk:
                sys.exit("page_check: Chromium went away")
            self.buffer += chunk
        text, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(text)

    def send(self, method, **params):
        self.number += 1
        message = {"id": self.number, "method": method, "params": params}
        if getattr(self, "session", None):
            message["sessionId"] = self.session
        os.write(self.to, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.read()
            if answer.get("id") == self.number:
                if "error" in answer:
                    sys.exit(f"page_check: {method}: {answer['error']}")
                return answer["result"]
            self.events.append(answer)

    def wait(self, method):
        while not any(event.get("method") == method for event in self.events):
            self.events.append(self.read())

    def value(self, expression):
        result = self.send("Runtime.evaluate", expression=expression, returnByValue=True,
                           awaitPromise=True)
        if "exceptionDetails" in result:
            return [json.dumps(result["exceptionDetails"])[:600]]
        return result["result"].get("value")

    def complaints(self):
        out = []
        for event in self.events:
            params, method = event.get("params", {}), event.get("method")
            if method == "Runtime.exceptionThrown":
                details = params["exceptionDetails"]
                out.append("exception: " + details.get("exception", {}).get(
                    "description", details.get("text", ""))[:500])
            elif method == "Runtime.consoleAPICalled" and params["type"] in ("error", "warning"):
                out.append("console: " + json.dumps(params["args"])[:300])
            elif method == "Log.entryAdded" and params["entry"]["level"] in ("error", "warning"):
                out.append("log: " + params["entry"]["text"][:300])
            elif method == "Network.requestWillBeSent":
                url = params["request"]["url"]
                if not url.startswith(("file:", "about:", "data:")):
                    out.append("request: " + url)
        return out


def pictures(browser, shots, name, width):
    """The page from top to bottom, in slices that a person can look at."""
    size = browser.send("Page.getLayoutMetrics")["cssContentSize"]
    step = 1500
    for number, top in enumerate(range(0, int(size["height"]), step), 1):
        clip = {"x": 0, "y": top, "width": width, "height": min(step, size["height"] - top),
                "scale": 1}
        data = browser.send("Page.captureScreenshot", captureBeyondViewport=True, clip=clip)["data"]
        (shots / f"{name}-{number:02}.png").write_bytes(base64.b64decode(data))


def press(browser, key):
    for kind in ("rawKeyDown", "keyUp"):
        browser.send("Input.dispatchKeyEvent", type=kind, key=key, code=key,
                     windowsVirtualKeyCode={"Tab": 9, "Escape": 27, "ArrowDown": 40}[key])
    browser.value("new Promise((go) => requestAnimationFrame(() => setTimeout(go, 20)))")


def keyboard(browser):
    """Numbers explain themselves to the Tab key and, inside a table, to arrow keys."""
    shown = "!document.getElementById('tip').hidden"
    browser.value("document.querySelector('main .num[data-tip]').focus()")
    press(browser, "Tab")
    if not browser.value(shown):
        return ["no explanation on focus"]
    if not browser.value("document.activeElement.getAttribute('aria-describedby') === 'tip'"):
        return ["the explanation does not describe what has the focus"]
    press(browser, "Escape")
    if browser.value(shown):
        return ["Escape does not take the explanation away"]
    if not browser.value("!!document.querySelector('table button.sort')"):
        return []
    browser.value("document.querySelector('table button.sort').focus()")
    press(browser, "ArrowDown")
    if not browser.value("document.activeElement.matches('tbody th')"):
        return ["arrow keys do not walk a table"]
    return []


def check(browser, file, width, theme, shots, paper):
    browser.send("Emulation.setDeviceMetricsOverride", width=width, height=900,
                 deviceScaleFactor=1, mobile=False)
    browser.send("Emulation.setEmulatedMedia", media="", features=[
        {"name": "prefers-color-scheme", "value": theme}])
    browser.events.clear()
    browser.send("Page.navigate", url=file.resolve().as_uri())
    browser.wait("Page.loadEventFired")
    browser.value("new Promise((go) => setTimeout(go, 150))")
    bad = list(browser.value(LOOK))
    name = f"{file.stem}-{width}-{theme}"
    if shots:
        pictures(browser, shots, name, width)
    bad += browser.value(USE)
    browser.value("new Promise((go) => setTimeout(go, 150))")
    bad += browser.value(LOOK)
    bad += keyboard(browser)
    bad += browser.complaints()
    if paper and shots and theme == "light" and width > 1000:
        browser.value("dispatchEvent(new Event('beforeprint'))")
        browser.send("Emulation.setDeviceMetricsOverride", width=760, height=1000,
                     deviceScaleFactor=1, mobile=False)
        browser.send("Emulation.setEmulatedMedia", media="print", features=[])
        pictures(browser, shots, f"{file.stem}-paper", 760)
    return [f"{name}: {complaint}" for complaint in dict.fromkeys(bad)]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("files", nargs="+", type=pathlib.Path)
    parser.add_argument("--shots", type=pathlib.Path, help="folder for screenshots")
    parser.add_argument("--print", action="store_true", help="also show the page as on paper")
    args = parser.parse_args()
    if args.shots:
        args.shots.mkdir(parents=True, exist_ok=True)
    bad = []
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser = Browser(profile)
        for file in args.files:
            for width in (1280, 360):
                for theme in ("light", "dark"):
                    bad += check(browser, file, width, theme, args.shots, args.print)
        os.write(browser.to, b'{"id":0,"method":"Browser.close"}\0')
        browser.process.wait(20)
    print("\n".join(bad) if bad else f"page_check: {len(args.files)} pages, nothing to complain of")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
