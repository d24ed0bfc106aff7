// What a keystroke in a new-password box costs in Chromium, from the event to the page that shows its verdict.
// Prints one JSON object. `cargo xtask bench` runs it with the address of a running server.
import { chromium } from "@playwright/test";

const base = process.argv[2];
const browser = await chromium.launch({
  executablePath: process.env.REKEY_CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
const page = await browser.newPage();
// The estimator works when the browser has nothing else to do: what it takes then is what it takes.
await page.addInitScript(() => {
  const wait = window.requestIdleCallback.bind(window);
  window.estimates = [];
  window.requestIdleCallback = (work, options) =>
    wait(async (deadline) => {
      const start = performance.now();
      work(deadline);
      // Effects run in microtasks: when these are done, the page shows the verdict.
      for (let turn = 0; turn < 12; turn += 1) await Promise.resolve();
      window.estimates.push(performance.now() - start);
    }, options);
});
await page.goto(`${base}/register`);
await page.fill('[name="identifier"]', `bench-${process.pid}@example.org`);
await page.press('[name="identifier"]', "Enter");
await page.waitForURL("**/register/code");
let code;
while (!code) {
  const messages = await (await page.request.get(`${base}/dev/mailbox.json`)).json();
  code = messages.find((message) => message.to.startsWith(`bench-${process.pid}@`))?.text.match(/\b\d{6}\b/)?.[0];
}
await page.fill('[name="code"]', code);
await page.press('[name="code"]', "Enter");
await page.waitForURL("**/register/details");
await page.waitForSelector("html[data-ready]");
// The chunks are there once the strength of something typed is told.
await page.fill('[name="new_password"]', "warm up with four quiet words");
await page.waitForFunction(() => document.querySelector("#new_password-strength b")?.textContent.trim());

const typed = (text, times) =>
  page.evaluate(
    async ({ text, times }) => {
      const box = document.querySelector('[name="new_password"]');
      const costs = [];
      window.estimates = [];
      for (let n = 0; n < times; n += 1) {
        box.value = text + String(n);
        const start = performance.now();
        box.dispatchEvent(new InputEvent("input", { bubbles: true }));
        // Effects run in microtasks: when these are done, the page shows the verdict.
        for (let turn = 0; turn < 8; turn += 1) await Promise.resolve();
        costs.push(performance.now() - start);
        while (window.estimates.length <= n) await new Promise((resolve) => setTimeout(resolve, 0));
      }
      const summary = (times) => ({ median: times.toSorted((a, b) => a - b)[times.length >> 1], worst: Math.max(...times) });
      return { key: summary(costs), estimate: summary(window.estimates) };
    },
    { text, times },
  );

await typed("warm up with four quiet words", 20);
// One character: the estimator has next to nothing to do, so this is the rules and the page.
const short = await typed("q", 60);
const usual = await typed("four quiet words of mine", 40);
// As long as the estimator reads, and full of what it looks for.
const long = await typed("qwertyuiop1234567890passwordasdfghjkl2024zxcvbnmletmeinmonkeydragon!".repeat(2), 20);
console.log(
  JSON.stringify({
    rules_ms: short.key.median,
    key_worst_ms: Math.max(short.key.worst, usual.key.worst, long.key.worst),
    usual_ms: usual.estimate.median,
    worst_ms: long.estimate.worst,
  }),
);
await browser.close();
