/**
 * Opens the built site in Chromium: no page may print errors, ask another host for anything, or be wider than the window at
 * 390, 820 and 1440 pixels. npm run check:site -- [PICTURES], with a folder for pictures of the pages.
 */
import { mkdirSync, readdirSync } from 'node:fs';
import { join, sep } from 'node:path';
import { preview } from 'vite';
import { base } from '../site/prepare/base.ts';
import { dist } from '../site/prepare/places.ts';
import { launchChromium } from '../test/support/browser/chromium.ts';

const widths = [390, 820, 1440];
/** Pages of the reference are alike: of those, one in so many is opened. */
const EVERY = 12;
/** Runs in the page. */
const OVERFLOW = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';

const all = readdirSync(dist, { recursive: true, encoding: 'utf8' })
  .map((name) => name.replaceAll(sep, '/'))
  .filter((name) => name.endsWith('.html'))
  .sort();
const pages = [
  ...all.filter((name) => !name.startsWith('api/')),
  ...all.filter((name) => name.startsWith('api/')).filter((name, i) => i % EVERY === 0 || name.endsWith('/index.html')),
];
const pictures = process.argv[2];
if (pictures !== undefined) mkdirSync(pictures, { recursive: true });

const server = await preview({
  configFile: false,
  base,
  logLevel: 'error',
  build: { outDir: dist },
  preview: { host: '127.0.0.1', port: 0 },
});
const origin = new URL(server.resolvedUrls?.local[0] ?? '').origin;
const browser = await launchChromium();
const faults: string[] = [];

/** Opens pages, one after the other, in a tab of its own. */
async function open(names: readonly string[]): Promise<void> {
  const page = await browser.newPage();
  let name = '';
  const fault = (text: string): void => void faults.push(`${name}: ${text}`);
  page.on('console', (message) => {
    // Chromium itself notes that there is no graphics processor.
    if (message.type() === 'error' || (message.type() === 'warning' && message.text() !== 'No available adapters.')) {
      fault(message.text());
    }
  });
  page.on('pageerror', ({ message }) => fault(message));
  page.on('requestfailed', (request) => {
    // A picture that is still loading when the next page opens.
    if (request.failure()?.errorText !== 'net::ERR_ABORTED') fault(`${request.url()} failed`);
  });
  page.on('response', (response) => {
    if (response.status() >= 400) fault(`${response.url()} has status ${response.status()}`);
  });
  page.on('request', (request) => {
    if (!/^(?:blob|data):/.test(request.url()) && !request.url().startsWith(origin)) fault(`asks ${request.url()}`);
  });
  for (name of names) {
    await page.goto(`${origin}${base}${name}`, { waitUntil: 'load' });
    for (const width of widths) {
      await page.setViewportSize({ width, height: 900 });
      const wide = await page.evaluate<number>(OVERFLOW);
      if (wide > 0) fault(`is ${wide} pixels too wide for ${width}`);
      if (pictures !== undefined) {
        await page.screenshot({
          path: join(pictures, `${name.replaceAll('/', '-').replace('.html', '')}-${width}.png`),
        });
      }
    }
  }
  await page.close();
}

const started = performance.now();
await Promise.all([0, 1].map((tab) => open(pages.filter((_, i) => i % 2 === tab))));
await browser.close();
await server.close();
for (const fault of faults) console.error(fault);
console.log(
  `${pages.length} of ${all.length} pages, ${faults.length} faults, ${((performance.now() - started) / 1000).toFixed(0)} s`,
);
process.exitCode = faults.length === 0 ? 0 : 1;
