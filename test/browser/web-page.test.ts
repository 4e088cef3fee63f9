import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { type PreviewServer, build } from 'vite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { servePage } from '../support/browser/build.ts';
import { chromiumTitle, launchChromium, withoutChromium } from '../support/browser/chromium.ts';

const root = fileURLToPath(new URL('../../examples/web-page', import.meta.url));
const configFile = fileURLToPath(new URL('../../site/web-page.config.ts', import.meta.url));

/** The pixels of the map, in red, green, blue and opacity. Runs in the page. */
const PIXELS = "[...document.querySelector('#map').getContext('2d').getImageData(0, 0, 64, 64).data]";

/** The engine starts in a second on an idle machine. */
const poll = { timeout: 100_000, interval: 100 };

describe.skipIf(withoutChromium)(`examples/web-page in Chromium${chromiumTitle}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'evenkeel-web-page-'));
  const faults: string[] = [];
  let server: PreviewServer;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    await build({ configFile, root, logLevel: 'error', build: { outDir: folder, emptyOutDir: true } });
    const served = await servePage(folder);
    server = served.server;
    browser = await launchChromium();
    page = await browser.newPage();
    page.on('console', (message) => faults.push(message.text()));
    page.on('pageerror', ({ message }) => faults.push(message));
    page.on('requestfailed', (request) => faults.push(`${request.url()} failed`));
    await page.goto(served.url);
  }, 120_000);

  afterAll(async () => {
    await browser.close();
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const status = (): Promise<string> => page.getByRole('status').innerText();
  const epoch = async (): Promise<number> => Number(/^Epoch (\d+):/.exec(await status())?.[1] ?? 0);
  const accuracy = async (): Promise<number> => Number(/accuracy (\S+)$/.exec(await status())?.[1] ?? 0);

  test('the page trains, and pauses when the visitor asks for it', async () => {
    await expect.poll(accuracy, poll).toBeGreaterThan(0.88);
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByRole('button', { name: 'Continue' }).waitFor();
    // The batch that was running ends its epoch.
    await page.waitForTimeout(500);
    const paused = await status();
    await page.waitForTimeout(500);
    expect(await status()).toBe(paused);
  });

  test('the map beside each spiral has the colour of its class', async () => {
    const size = 64;
    const data = await page.evaluate<number[]>(PIXELS);
    const answers = Array.from({ length: 50 }, (_, i) => {
      const [turn, label] = [1 + i / 25, i % 2];
      // The other spiral is 1/3 away, and points are drawn within 0.04.
      const [radius, angle] = [turn / 3 + 0.07, Math.PI * (turn + label)];
      const place = (value: number): number => Math.round(((value + 1.1) * (size - 1)) / 2.2);
      const pixel = 4 * (place(radius * Math.sin(angle)) * size + place(radius * Math.cos(angle)));
      return data[pixel]! > data[pixel + 2]! === (label === 1);
    });
    // Training stopped somewhere above 0.88. Wrong colours or exchanged axes give half of them at most.
    expect(answers.filter((isRight) => isRight).length).toBeGreaterThan(33);
  });

  test('the page continues where it paused', async () => {
    const paused = await epoch();
    await page.getByRole('button', { name: 'Continue' }).click();
    await expect.poll(epoch, poll).toBeGreaterThan(paused);
    expect(await epoch()).toBeLessThan(paused + 20);
  });

  test('the page prints nothing, and no request fails', () => {
    expect(faults).toEqual([]);
  });
});
