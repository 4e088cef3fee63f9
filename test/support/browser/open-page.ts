import type { Browser, BrowserContext, Page } from 'playwright-core';

/** Opens a page and waits until it is ready. What it prints, and its errors, are added to `messages`. */
export async function openPage(url: string, where: Browser | BrowserContext, messages: string[]): Promise<Page> {
  const opened = await where.newPage();
  opened.on('console', (message) => messages.push(message.text()));
  opened.on('pageerror', ({ message }) => messages.push(message));
  await opened.goto(url);
  await opened.waitForFunction(() => 'page' in globalThis);
  return opened;
}
