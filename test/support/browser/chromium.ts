import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const USUAL = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:/Program Files/Google/Chrome/Application/chrome.exe',
];

/** The Chromium of this machine, or that of the environment variable `CHROMIUM_PATH`; null if there is none. */
export function findChromium(): string | null {
  const chosen = process.env['CHROMIUM_PATH'] ?? '';
  if (chosen !== '') return chosen;
  return USUAL.find((path) => existsSync(path)) ?? null;
}

/** For the titles of tests that need Chromium. */
export const withoutChromium: boolean = findChromium() === null;
export const chromiumTitle: string = withoutChromium ? ' (skipped: no Chromium; set CHROMIUM_PATH)' : '';

/** WebGPU without a GPU, on the software renderer that is part of Chromium. */
const WEBGPU = ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'];

/** Starts Chromium without a window. */
export function launchChromium({ webgpu = false }: { readonly webgpu?: boolean } = {}): Promise<Browser> {
  return chromium.launch({
    executablePath: findChromium() ?? '',
    // In a container the process may be root, which Chromium's sandbox refuses.
    args: ['--no-sandbox', ...(webgpu ? WEBGPU : [])],
  });
}
