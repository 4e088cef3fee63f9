import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import axe from 'axe-core';
import { loadModel } from 'evenkeel';
import type { Browser, Download, Page } from 'playwright-core';
import { type PreviewServer, build, preview } from 'vite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { digitsFile } from '../../playground/digits-plugin.ts';
import { experiments } from '../../playground/src/experiment/experiments.ts';
import { normalizations } from '../../playground/src/experiment/normalizations.ts';
import { chromiumTitle, launchChromium, withoutChromium } from '../support/browser/chromium.ts';

const configFile = fileURLToPath(new URL('../../playground/vite.config.ts', import.meta.url));
const modelFile = fileURLToPath(new URL('../golden/files/images.keras', import.meta.url));

/** Whatever should not happen: errors in the console, failed requests, requests to other servers. */
const faults: string[] = [];
let outDir: string;
let server: PreviewServer;
let url: string;
let browser: Browser;
let page: Page;

async function open(): Promise<Page> {
  const made = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  made.on('console', (message) => {
    // Chromium itself notes that there is no graphics processor.
    if (message.text() === 'No available adapters.') return;
    if (['error', 'warning'].includes(message.type())) faults.push(message.text());
  });
  made.on('pageerror', ({ message }) => faults.push(message));
  made.on('requestfailed', (request) => faults.push(`${request.url()} failed`));
  made.on('request', (request) => {
    if (!/^(blob|data):/.test(request.url()) && !request.url().startsWith(url)) faults.push(request.url());
  });
  // So few digits that an epoch takes six steps of four.
  const digits = await digitsFile({ train: 24, t10k: 20 });
  await made.route('**/digits.bin', (route) => route.fulfill({ body: digits }));
  await made.goto(url);
  return made;
}

const text = (id: string): Promise<string> => page.locator(`#${id}`).innerText();
const label = async (id: string): Promise<string> => (await page.locator(`#${id}`).getAttribute('aria-label')) ?? '';
const stepsDone = async (): Promise<number> => Number.parseInt(await text('scores-step'), 10);
const untilStep = (least: number): Promise<void> => expect.poll(stepsDone, poll).toBeGreaterThanOrEqual(least);
const untilText = (id: string, pattern: RegExp): Promise<void> => expect.poll(() => text(id), poll).toMatch(pattern);
const scores = (network: string): Promise<string[]> => page.locator(`[data-network=${network}] td`).allInnerTexts();

/** The engine starts in a second on an idle machine. */
const poll = { timeout: 100_000, interval: 100 };

/** Moves a slider to its left end, and a number of positions to the right. */
async function slide(id: string, position: number): Promise<void> {
  await page.locator(`#${id}`).press('Home');
  for (let i = 0; i < position; i++) await page.locator(`#${id}`).press('ArrowRight');
}

async function bytesOf(download: Download): Promise<Uint8Array> {
  return readFile(await download.path());
}

describe.skipIf(withoutChromium)(`The playground${chromiumTitle}`, { timeout: 120_000 }, () => {
  beforeAll(async () => {
    outDir = await mkdtemp(join(tmpdir(), 'evenkeel-playground-'));
    await build({ configFile, logLevel: 'error', build: { outDir } });
    server = await preview({
      configFile,
      logLevel: 'error',
      build: { outDir },
      preview: { host: '127.0.0.1', port: 0 },
    });
    url = server.resolvedUrls!.local[0]!;
    browser = await launchChromium();
    page = await open();
  }, 120_000);

  afterAll(async () => {
    await browser.close();
    await server.close();
    await rm(outDir, { recursive: true });
  });

  test('The playground trains both networks, and its curves advance', async () => {
    await slide('batch-size', 0);
    await page.locator('#run').click();
    await untilStep(7);
    for (const network of ['normalized', 'plain']) {
      await expect
        .poll(() => scores(network), poll)
        .toEqual([
          expect.stringMatching(/^\d+\.\d{3}$/),
          expect.stringMatching(/^\d+\.\d %$/),
          expect.stringMatching(/^\d+\.\d %$/),
        ]);
    }
    // The server of this page sends both headers for threads.
    expect(await text('engine-info')).toMatch(/^WebAssembly runs on (one thread|\d threads): .+\.$/);
    const before = await label('loss-chart');
    expect(before).toMatch(/^Loss after \d+ steps: with normalization \d\S+, without normalization \d\S+\.$/);
    await untilStep((await stepsDone()) + 2);
    // The curves are drawn with the next frame of the screen.
    await expect.poll(() => label('loss-chart'), poll).not.toBe(before);
    for (const [chart, pattern] of [
      ['accuracy-chart', /^Accuracy after \d+ steps: .* %\.$/],
      ['values-chart', /^Values from .* After it, the means of the channels are /],
      ['channels-chart', /^Means of 32 channels: /],
    ] as const)
      await expect.poll(() => label(chart), poll).toMatch(pattern);
    await untilText('announcer', /^Epoch \d+: with normalization \S+ % of the test digits are right, without /);
  });

  test('The playground pauses, makes single steps, continues, and starts over', async () => {
    await page.locator('#run').click();
    await untilText('status', /^Paused\.$/);
    const paused = await stepsDone();
    await page.locator('#step').click();
    await untilStep(paused + 1);
    await untilText('status', /^Paused\.$/);
    expect(await stepsDone()).toBe(paused + 1);
    await page.locator('#run').click();
    await untilStep(paused + 3);
    await page.locator('#run').click();
    await untilText('status', /^Paused\.$/);
    await page.locator('#reset').click();
    await expect.poll(stepsDone, poll).toBe(0);
    expect(await scores('plain')).toEqual(['–', '–', '–']);
    expect(await label('loss-chart')).toBe('Loss: no steps yet.');
  });

  test('Every normalization of the playground can be chosen, and the code follows', async () => {
    for (const [name, { label: title, className, options }] of Object.entries(normalizations)) {
      await page.locator('#normalization').selectOption(name);
      expect(await text('code-text')).toContain(`new ${className}(`);
      expect((await text('normalized-name')).toLowerCase()).toBe(`with ${title.toLowerCase()}`);
      const hasMomentum = 'momentum' in options({ momentum: 0, batchSize: 4 } as never);
      expect(await page.locator('#momentum').isEnabled()).toBe(hasMomentum);
    }
    await page.locator('#normalization').selectOption('batch');
  });

  test('Every slider, list and experiment of the playground changes the code', async () => {
    await slide('learning-rate', 4);
    await slide('batch-size', 1);
    await slide('momentum', 3);
    await page.locator('#optimizer').selectOption('SGD');
    expect(await text('code-text')).toMatch(/batchSize: 8.*momentum: 0\.9 .*new SGD\(\{ learningRate: 0\.01 \}\)/s);
    expect(await page.locator('#learning-rate').getAttribute('aria-valuetext')).toBe('0.01');
    for (const { label: name, settings } of experiments) {
      await page.getByRole('button', { name, exact: true }).click();
      for (const value of Object.values(settings)) expect(await text('code-text')).toContain(String(value));
    }
    await page.getByLabel('Python (Keras 3)').check();
    expect(await text('code-text')).toContain('import keras');
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.locator('#copy').click();
    await untilText('copy-status', /^Copied\.$/);
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(await page.locator('#code-text').textContent());
    await page.getByLabel('JavaScript (evenkeel)').check();
    expect(await text('code-text')).toContain("from 'evenkeel'");
  });

  test('The playground offers the graphics processor only where the browser has one', async () => {
    expect(await page.locator('#engine option[value=webgpu]').isDisabled()).toBe(true);
    expect(await text('engine-hint')).toBe('This browser offers no graphics processor to pages (WebGPU).');
    const other = await browser.newPage();
    await other.addInitScript(
      "Object.defineProperty(navigator, 'gpu', { value: { requestAdapter: () => Promise.resolve({}) } })",
    );
    await other.goto(url);
    await other.locator('#engine').selectOption('webgpu');
    expect(await other.locator('#code-text').innerText()).toContain("setEngine('webgpu')");
    await other.close();
  });

  test('A change of the learning rate does not interrupt a training of the playground, other changes start it over', async () => {
    await slide('batch-size', 0);
    await page.locator('#run').click();
    await untilStep(2);
    await page.locator('#learning-rate').press('ArrowLeft');
    await untilStep(4);
    await page.locator('#normalization').selectOption('rms');
    await expect.poll(() => label('loss-chart'), poll).toMatch(/^Loss(: no|.* [123] ) steps/);
    await untilStep(2);
    await page.locator('#run').click();
    await untilText('status', /^Paused\.$/);
  });

  test('A digit that is drawn with the mouse in the playground is answered by both networks', async () => {
    await page.locator('#pad').scrollIntoViewIfNeeded();
    const { x, y, width, height } = (await page.locator('#pad').boundingBox())!;
    const at = (column: number, row: number): [number, number] => [x + width * column, y + height * row];
    await page.mouse.move(...at(0.3, 0.2));
    await page.mouse.down();
    for (const [column, row] of [
      [0.7, 0.2],
      [0.55, 0.5],
      [0.45, 0.85],
    ] as const)
      await page.mouse.move(...at(column, row), { steps: 4 });
    await page.mouse.up();
    const answer = /^With normalization: \d \(\d+\.\d %\)\. Without: \d \(\d+\.\d %\)\.$/;
    await untilText('answers-text', answer);
    const shares = (await page.locator('#answers .normalized').allInnerTexts()).map(Number.parseFloat);
    expect(shares).toHaveLength(10);
    expect(shares.reduce((sum, share) => sum + share)).toBeCloseTo(100, 0);
    await page.locator('#undo').click();
    await untilText('answers-text', /^Draw a digit/);
    await page.locator('#test-digit').click();
    await untilText('pad-status', /^A test digit: somebody wrote a 7\.$/);
    await untilText('answers-text', answer);
    await page.locator('#clear').click();
    await untilText('answers-text', /^Draw a digit/);
  });

  test('A digit can be drawn in the playground with the keyboard alone', async () => {
    const pad = page.locator('#pad');
    await pad.focus();
    await pad.press('ArrowUp');
    await pad.press('Space');
    expect(await text('announcer')).toBe('The pen is down at column 14, row 13 of 28.');
    for (let i = 0; i < 6; i++) await pad.press('ArrowDown');
    await untilText('answers-text', /^With normalization: \d/);
    await pad.press('Space');
    expect(await text('announcer')).toBe('The pen is up at column 14, row 19 of 28.');
    await pad.press('Escape');
    await untilText('answers-text', /^Draw a digit/);
  });

  test('The playground describes a file that is chosen, and converts it to each format', async () => {
    await page.locator('#file-input').setInputFiles(modelFile);
    await untilText('file-status', /^images\.keras, \S+ kB\.$/);
    const report = await text('file-report');
    for (const part of ['Summary', 'Normalization', 'Folding', 'Convert', 'BatchNormalization', 'moving_variance']) {
      expect(report).toContain(part);
    }
    for (const format of ['keras', 'h5', 'onnx', 'safetensors']) {
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.locator(`[data-format=${format}]`).click(),
      ]);
      expect(download.suggestedFilename()).toBe(`images.${format}`);
      const bytes = await bytesOf(download);
      expect(bytes.length).toBeGreaterThan(100);
      if (format === 'keras' || format === 'h5') expect((await loadModel(bytes)).countParams()).toBeGreaterThan(0);
    }
  });

  test('The playground opens the network that it trained, and folds it', async () => {
    await page.locator('#normalization').selectOption('batch');
    await page.locator('#open-trained').click();
    await untilText('file-status', /^digits\.keras/);
    await page.locator('#fold').check();
    const [download] = await Promise.all([page.waitForEvent('download'), page.locator('[data-format=keras]').click()]);
    expect(download.suggestedFilename()).toBe('digits-folded.keras');
    const { layers } = await loadModel(await bytesOf(download));
    expect(layers.map(({ className }) => className)).toEqual(['Conv2D', 'Conv2D', 'MaxPooling2D', 'Flatten', 'Dense']);
  });

  test('The playground accepts a dropped file, and says why a bad one cannot be opened', async () => {
    const drop = async (name: string, bytes: Uint8Array): Promise<void> => {
      const content = JSON.stringify(Buffer.from(bytes).toString('base64'));
      const dataTransfer = await page.evaluateHandle(`(() => {
        const transfer = new DataTransfer();
        const bytes = Uint8Array.from(atob(${content}), (character) => character.charCodeAt(0));
        transfer.items.add(new File([bytes], ${JSON.stringify(name)}));
        return transfer;
      })()`);
      await page.dispatchEvent('#drop', 'drop', { dataTransfer });
    };
    await drop('notes.keras', new TextEncoder().encode('not a model'));
    await untilText(
      'file-status',
      /^notes\.keras cannot be opened\. \[loadModel notes\.keras\] a model must be a \.keras/,
    );
    expect(await page.locator('#file-report').isHidden()).toBe(true);
    const bytes = await readFile(modelFile);
    await drop('cut.keras', bytes.subarray(0, bytes.length / 2));
    await untilText('file-status', /^cut\.keras cannot be opened\. \[loadModel cut\.keras\]/);
    await drop('whole.keras', bytes);
    await untilText('file-status', /^whole\.keras, /);
    expect(await page.locator('#file-report').isVisible()).toBe(true);
  });

  test('The playground has no violations of accessibility rules in light and dark colors', async () => {
    await page.evaluate(axe.source);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      const { violations } = await page.evaluate<axe.AxeResults>('axe.run()');
      expect(violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)])).toEqual([]);
    }
  });

  test('The colors of the playground can be switched, whatever the system prefers', async () => {
    await page.emulateMedia({ colorScheme: 'light' });
    const background = (): Promise<unknown> => page.evaluate('getComputedStyle(document.body).backgroundColor');
    const light = await background();
    await page.getByRole('button', { name: 'Dark colors' }).click();
    expect(await background()).not.toBe(light);
    await page.getByRole('button', { name: 'Light colors' }).click();
    expect(await background()).toBe(light);
  });

  test('No part of the playground is wider than a phone, a tablet or a desktop', async () => {
    for (const width of [340, 768, 1280]) {
      await page.setViewportSize({ width, height: 800 });
      // The plots are drawn again after the page has its new width.
      await expect.poll(() => page.evaluate('document.documentElement.scrollWidth'), poll).toBe(width);
    }
  });

  test('The keyboard reaches the training of the playground first, and every control after it', async () => {
    await page.reload();
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the training');
    await page.keyboard.press('Enter');
    const reached = new Set<unknown>();
    for (let i = 0; i < 40; i++) {
      await page.keyboard.press('Tab');
      reached.add(await page.evaluate('document.activeElement.id'));
    }
    const controls = ['run', 'step', 'reset', 'normalization', 'learning-rate', 'batch-size', 'momentum', 'optimizer'];
    const others = ['engine', 'pad', 'undo', 'clear', 'test-digit', 'file-input', 'open-trained', 'copy'];
    expect([...controls, ...others].filter((id) => !reached.has(id))).toEqual([]);
  });

  test('The playground makes no errors in the console, no failed requests, and none to other servers', () => {
    expect(faults).toEqual([]);
  });

  test('The security policy of the playground forbids requests to other servers', async () => {
    const request = page.evaluate('fetch("https://example.com/").then(() => "sent", () => "refused")');
    expect(await request).toBe('refused');
    expect(faults.join('\n')).toContain('Content Security Policy');
  });
});
