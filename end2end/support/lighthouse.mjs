// What Lighthouse makes of the first pages on a phone with a slow line: the median of three runs each, as one JSON
// object. `cargo xtask bench` runs it with the address of a running server.
import { launch } from 'chrome-launcher';
import lighthouse from 'lighthouse';

const base = process.argv[2];
const RUNS = 3;
const CATEGORIES = ['performance', 'accessibility', 'best-practices'];
const AUDITS = { fcp_ms: 'first-contentful-paint', lcp_ms: 'largest-contentful-paint', tbt_ms: 'total-blocking-time' };

const median = (numbers) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1];

async function look(url) {
  const chrome = await launch({
    chromePath: process.env.REKEY_CHROMIUM ?? '/usr/bin/chromium',
    chromeFlags: ['--headless', '--no-sandbox', '--disable-quic', '--disable-background-networking', '--disable-sync'],
  });
  try {
    const { lhr } = await lighthouse(url, { port: chrome.port, onlyCategories: CATEGORIES, logLevel: 'error' });
    if (lhr.runtimeError) throw new Error(`${url}: ${lhr.runtimeError.message}`);
    const scores = CATEGORIES.map((name) => [name, Math.round(lhr.categories[name].score * 100)]);
    const times = Object.entries(AUDITS).map(([name, audit]) => [name, Math.round(lhr.audits[audit].numericValue)]);
    return Object.fromEntries([...scores, ...times]);
  } finally {
    chrome.kill();
  }
}

const report = {};
for (const [name, path] of [['sign_in', '/'], ['register', '/register'], ['forgot', '/forgot']]) {
  const runs = [];
  for (let run = 0; run < RUNS; run += 1) runs.push(await look(base + path));
  report[name] = Object.fromEntries(Object.keys(runs[0]).map((key) => [key, median(runs.map((run) => run[key]))]));
}
console.log(JSON.stringify(report));
