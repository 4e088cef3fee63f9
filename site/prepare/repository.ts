import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './places.ts';

interface Package {
  readonly version: string;
  readonly repository?: string | { readonly url: string };
}

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Package;

export const version: string = manifest.version;

/** The page of the repository that package.json names, or null. */
export const repository: string | null = (() => {
  const found = manifest.repository;
  const url = typeof found === 'string' ? found : found?.url;
  if (url === undefined) return null;
  const [, path = url] = /github(?:\.com[/:]|:)(.+?)(?:\.git)?$/.exec(url) ?? [];
  return path === url ? url : `https://github.com/${path}`;
})();
