import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as evenkeel from 'evenkeel';
import * as applications from 'evenkeel/applications';
import * as callbacks from 'evenkeel/callbacks';
import * as hub from 'evenkeel/hub';
import * as plots from 'evenkeel/plots';
import { type Output, writeBundle } from '../../../scripts/bundle.ts';

/** The modules of each entry, from the sources. */
const sources: Readonly<Record<string, object>> = {
  index: evenkeel,
  layers: evenkeel.layers,
  ops: evenkeel.ops,
  activations: evenkeel.activations,
  initializers: evenkeel.initializers,
  regularizers: evenkeel.regularizers,
  constraints: evenkeel.constraints,
  losses: evenkeel.losses,
  metrics: evenkeel.metrics,
  optimizers: evenkeel.optimizers,
  applications,
  callbacks,
  data: evenkeel.data,
  hub,
  normalization: evenkeel.normalization,
  plots,
  utils: evenkeel.utils,
  random: evenkeel.random,
  tree: evenkeel.tree,
  distribution: evenkeel.distribution,
};

const entries = Object.keys(sources);

let folder = '';
let output: Output = [];

// The folder is outside of the repository, so that the bundle would not find a package that it imported.
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'evenkeel-bundle-'));
  output = await writeBundle(folder);
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

const load = (entry: string): Promise<Record<string, unknown>> =>
  import(/* @vite-ignore */ pathToFileURL(join(folder, `${entry}.js`)).href) as Promise<Record<string, unknown>>;

/** The files that importing an entry loads, and the modules outside of the bundle. */
function loadedBy(fileName: string): { readonly files: readonly string[]; readonly others: readonly string[] } {
  const files = new Set<string>();
  const others = new Set<string>();
  const pending = [fileName];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const chunk = output.find((file) => file.fileName === next);
    if (chunk?.type !== 'chunk' || files.has(next)) continue;
    files.add(next);
    for (const [, imported = ''] of chunk.code.matchAll(/^(?:import|export)\b[^;]*?(?:from )?"([^"]+)";$/gmu)) {
      if (imported.startsWith('.')) pending.push(posix.join(posix.dirname(next), imported));
      else others.add(imported);
    }
  }
  return { files: [...files].sort(), others: [...others].sort() };
}

test('the package and the bundle have the same entry points', () => {
  const { exports } = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly exports: Record<string, unknown> };
  // The worker's script is built by itself.
  const others = ['./package.json', './engine-worker'];
  const subpaths = Object.keys(exports).filter((subpath) => !others.includes(subpath));
  expect(subpaths.map((subpath) => (subpath === '.' ? 'index' : subpath.slice(2))).sort()).toEqual([...entries].sort());
});

test('the script of the engine’s worker is one file, which loads no package when it starts', () => {
  const code = readFileSync(join(folder, 'chunks/engine-worker-node.js'), 'utf8');
  const loaded = [...code.matchAll(/^(?:import|export)\b[^;]*?(?:from )?"([^"]+)";$/gmu)].map(([, name = '']) => name);
  expect(loaded.filter((name) => !name.startsWith('node:'))).toEqual(['@bufbuild/protobuf/wire']);
  expect(code.length).toBeLessThan(100e3);
});

test.each(entries)('the entry point %s of the bundle loads two shared files, and no package', (entry) => {
  expect(loadedBy(`${entry}.js`)).toEqual({
    files: ['chunks/evenkeel.js', 'chunks/rolldown-runtime.js', `${entry}.js`].sort(),
    others: ['node:diagnostics_channel', 'node:fs', 'node:fs/promises', 'node:path', 'node:url'],
  });
});

test('the bundle contains each module once', () => {
  const modules = output.flatMap((file) => (file.type === 'chunk' ? file.moduleIds : []));
  expect(modules.length).toBeGreaterThan(700);
  expect(new Set(modules).size).toBe(modules.length);
});

test.each(entries)(
  'the entry point %s of the bundle exports what its source does, under the same names',
  async (entry) => {
    const bundled = await load(entry);
    const source = new Map(Object.entries(sources[entry]!));
    expect(Object.keys(bundled).sort()).toEqual([...source.keys()].sort());
    for (const [name, made] of Object.entries(bundled)) {
      expect(typeof made).toBe(typeof source.get(name));
      if (typeof made === 'function') expect(made.name).toBe((source.get(name) as { readonly name: string }).name);
    }
  },
);

test('entry points of the bundle share their classes', async () => {
  const index = await load('index');
  expect(index['Layer']).toBe((await load('layers'))['Layer']);
  expect(index['normalization']).toHaveProperty(
    'NormalizationMonitor',
    (await load('normalization'))['NormalizationMonitor'],
  );
});

test('the entry point hub of the bundle registers its layers', async () => {
  const index = (await load('index')) as unknown as typeof evenkeel;
  expect(index.getRegisteredObject('keras_hub>TransformerEncoder')).toBe((await load('hub'))['TransformerEncoder']);
});

test('the license of each package inside the bundle is in its folder', () => {
  const licenses = readFileSync(join(folder, 'THIRD-PARTY-LICENSES.txt'), 'utf8');
  const modules = output.flatMap((file) => (file.type === 'chunk' ? file.moduleIds : []));
  const packages = modules.flatMap(
    (id) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(id.replaceAll('\\', '/'))?.[1] ?? [],
  );
  expect([...new Set(packages)].sort()).toEqual(['fastest-levenshtein', 'lru-cache']);
  for (const name of new Set(packages)) expect(licenses).toMatch(new RegExp(`^${name} \\d`, 'mu'));
});
