/**
 * Bundles the entry points of the package and its command line for Node, into dist/node/: Node then opens a few files
 * instead of some seven hundred. Browsers and bundlers use the separate files of dist/, of which they take what a program
 * needs. Part of `npm run build`.
 */
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { type InputOptions, type OutputAsset, type OutputChunk, rolldown } from 'rolldown';

interface Manifest {
  readonly exports: Readonly<Record<string, string | { readonly node: string; readonly default: string }>>;
  readonly imports: Readonly<Record<string, { readonly node: string }>>;
  readonly sideEffects: readonly string[];
}

export type Output = readonly (OutputAsset | OutputChunk)[];

const root = fileURLToPath(new URL('..', import.meta.url));
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest;

/** The packages that are part of the bundle: Node takes longer to find and open their files than to run them. */
const INLINED = ['fastest-levenshtein', 'lru-cache'];

/** The script of the engine's worker, beside the chunk that starts it. */
const WORKER = './dist/node/chunks/engine-worker-node.js';

/** The source of a file of dist/. */
const sourceOf = (file: string): string => join(root, file.replace('./dist/', 'src/').replace(/\.js$/, '.ts'));

const entries: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    Object.values(manifest.exports)
      .filter((targets) => typeof targets === 'object')
      .filter(({ node }) => node !== WORKER)
      .map((targets) => [targets.node.replace(/^\.\/dist\/node\/|\.js$/g, ''), sourceOf(targets.default)]),
  ),
  cli: sourceOf('./dist/cli/main.js'),
};

/** The sources that register classes when they are imported. */
const effective = new Set(manifest.sideEffects.map(sourceOf));

const options: InputOptions = {
  platform: 'node',
  treeshake: { moduleSideEffects: (id) => (effective.has(id) ? true : undefined) },
  external: (id) => /^[^./#\0]/.test(id) && !INLINED.includes(id),
  resolve: {
    mainFields: ['module', 'main'],
    alias: Object.fromEntries(Object.entries(manifest.imports).map(([name, { node }]) => [name, sourceOf(node)])),
  },
  preserveEntrySignatures: 'strict',
  // Modules that the library loads on use are loaded by the command line at once.
  checks: { ineffectiveDynamicImport: false },
};

/** Builds the bundle, and returns its files. */
async function bundle(): Promise<Output> {
  const build = await rolldown({ ...options, input: entries });
  let shared: ReadonlySet<string> | null = null;
  const { output } = await build.generate({
    dir: join(root, 'dist/node'),
    format: 'es',
    sourcemap: true,
    chunkFileNames: 'chunks/[name].js',
    // Configs and errors contain names of classes and functions.
    keepNames: true,
    comments: { legal: true, annotation: true, jsdoc: false },
    codeSplitting: {
      groups: [
        {
          debugName: 'evenkeel',
          // One file has everything that `import 'evenkeel'` loads; all entries share it. The rest is loaded on use.
          name: (id, context) => {
            shared ??= staticImports(sourceOf('./dist/index.js'), (each) => context.getModuleInfo(each));
            return shared.has(id) ? 'evenkeel' : null;
          },
        },
      ],
    },
  });
  await build.close();
  return output;
}

/**
 * Code in ASCII alone, of which Node reads and holds one byte a character instead of two. Characters outside of ASCII are
 * in strings, templates and regular expressions, where an escape stands for the character, and in comments.
 */
function ascii(code: string): string {
  return code.replaceAll(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Builds the script of the engine's worker: one file, which loads nothing of the library but what runs the engine. */
async function bundleWorker(): Promise<Output> {
  const build = await rolldown({ ...options, input: sourceOf('./dist/compiler/runtime/ort/engine-worker-node.js') });
  const { output } = await build.generate({
    format: 'es',
    sourcemap: true,
    entryFileNames: WORKER.replace('./dist/node/', ''),
    codeSplitting: false,
    keepNames: true,
    comments: { legal: true, annotation: true, jsdoc: false },
  });
  await build.close();
  return output;
}

/** The modules that a module imports, directly or by way of others, without those that it loads on use. */
function staticImports(
  id: string,
  moduleOf: (id: string) => { readonly importedIds: readonly string[] } | null,
): ReadonlySet<string> {
  const found = new Set<string>();
  const pending = [...(moduleOf(id)?.importedIds ?? [])];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    pending.push(...(moduleOf(next)?.importedIds ?? []));
  }
  return found;
}

/** The licenses of the packages that are part of the bundle. */
function licenses(): string {
  const texts = INLINED.map((name) => {
    const folder = join(root, 'node_modules', name);
    const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { readonly version: string };
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
    if (file === undefined) throw new Error(`${name} has no license file, so that it cannot be part of the bundle.`);
    return `${name} ${version}\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`;
  });
  return ['The files of this folder contain code of these packages.\n', ...texts].join('\n----\n\n');
}

/** Writes the bundle and the worker's script into a folder, and returns the files of the bundle. */
export async function writeBundle(folder: string): Promise<Output> {
  const write = (name: string, content: string | Uint8Array): void => {
    const file = join(folder, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  };
  const output = await bundle();
  for (const file of [...output, ...(await bundleWorker())])
    write(file.fileName, file.type === 'chunk' ? ascii(file.code) : file.source);
  write('THIRD-PARTY-LICENSES.txt', licenses());
  return output;
}

if (argv[1] !== undefined && resolve(argv[1]) === fileURLToPath(import.meta.url)) {
  await writeBundle(join(root, 'dist/node'));
}
