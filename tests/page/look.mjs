// Opens pages in a real browser and reports their state.
//
//     node look.mjs CHROMIUM URL OUT PATH...
//
// Each path is opened in three viewports, by day and by night. OUT gets a screenshot of each, and
// stdout a JSON list: console messages, requests, the width of the page, and the results of axe
// for WCAG 2.2 AA.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";

const [executablePath, url, out, ...paths] = process.argv.slice(2);
const axe = readFileSync(new URL("node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
const views = [
  { name: "desk", width: 1280, height: 900, colorScheme: "light" },
  { name: "phone", width: 360, height: 740, colorScheme: "light" },
  { name: "night", width: 1280, height: 900, colorScheme: "dark" },
];
const browser = await chromium.launch({
  executablePath,
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    // Only the server can be reached, whatever a page requests.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
  ],
});

async function look(path, view) {
  const { width, height, colorScheme } = view;
  const context = await browser.newContext({ viewport: { width, height }, colorScheme });
  const page = await context.newPage();
  const seen = { path, view: view.name, console: [], requests: [], failed: [] };
  page.on("console", (message) => seen.console.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => seen.console.push(`error: ${error}`));
  page.on("dialog", (dialog) => {
    seen.console.push(`dialog: ${dialog.message()}`);
    return dialog.dismiss();
  });
  page.on("request", (request) => seen.requests.push(request.url()));
  page.on("requestfailed", (request) => seen.failed.push(request.url()));
  page.on("response", (response) => {
    if (response.status() >= 400) seen.failed.push(`${response.status()} ${response.url()}`);
  });
  const answer = await page.goto(url + path, { waitUntil: "networkidle" });
  seen.status = answer.status();
  seen.title = await page.title();
  seen.scripts = await page.locator("script").count();
  seen.charts = await page.locator("svg[role=img]").count();
  seen.text = await page.locator("main").innerText();
  await page.keyboard.press("Tab");
  seen.firstTab = await page.evaluate(() => document.activeElement.textContent);
  seen.overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  await page.evaluate(() => document.activeElement.blur());
  const name = `${path.replace(/[^a-z0-9]+/gi, "_")}-${view.name}.png`;
  await page.screenshot({ path: join(out, name), fullPage: true });
  await page.evaluate(axe);
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const result = await page.evaluate(
    (values) => axe.run(document, { runOnly: { type: "tag", values } }),
    tags,
  );
  seen.violations = result.violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).slice(0, 3).join(" ")}`,
  );
  seen.passes = result.passes.map(({ id }) => id);
  await context.close();
  return seen;
}

const all = [];
for (const path of paths) for (const view of views) all.push(await look(path, view));
await browser.close();
console.log(JSON.stringify(all));
