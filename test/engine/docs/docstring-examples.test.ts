import { readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import ts from 'typescript';
import { afterAll, beforeEach, expect, test, vi } from 'vitest';
import * as evenkeel from '../../../src/index.ts';
import { agrees, plain, withChecks } from '../../support/doc-examples.ts';

const root = fileURLToPath(new URL('../../../src', import.meta.url));

interface Example {
  readonly file: string;
  /** What the docstring is of: the line behind it. */
  readonly subject: string;
  readonly code: string;
}

/** The code behind each `@example` of a file, up to the next tag. */
function examplesIn(file: string): readonly Example[] {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(/\/\*\*(.*?)\*\/\s*([^\n]*)/gs)].flatMap(([, comment = '', after = '']) => {
    const lines = comment.split('\n').map((line) => line.replace(/^\s*\* ?/, ''));
    const start = lines.findIndex((line) => line.startsWith('@example'));
    if (start === -1) return [];
    const end = lines.findIndex((line, i) => i > start && line.startsWith('@'));
    const code = lines
      .slice(start + 1, end === -1 ? undefined : end)
      .join('\n')
      .trim();
    return [{ file: relative(root, file), subject: after.split('\n', 1)[0]!.trim().slice(0, 60), code }];
  });
}

const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => join(root, name));
const examples = files.flatMap(examplesIn);

const AsyncFunction = (async () => undefined).constructor as new (
  ...args: string[]
) => (...args: unknown[]) => Promise<unknown>;

/** Everything public, under its own name, as a reader who imports it has it; a file's own exports come first. */
async function scopeOf(file: string): Promise<Readonly<Record<string, unknown>>> {
  const own = (await import(pathToFileURL(join(root, file)).href)) as Record<string, unknown>;
  const { activations, callbacks, constraints, initializers, layers, losses, metrics, optimizers, regularizers } =
    evenkeel;
  const rooms = [
    ...[activations, losses, metrics, constraints, regularizers, initializers, optimizers, callbacks],
    layers,
  ];
  return { ...Object.assign({}, ...rooms), ...evenkeel, ...own } as Record<string, unknown>;
}

/** What a claim in a comment comes down to. */
async function check(line: string, expected: unknown, actual: unknown): Promise<void> {
  const found = await plain(actual);
  if (!agrees(expected, found)) expect.fail(`${line}\n  says ${show(expected)}\n  gives ${show(found)}`);
}

function show(value: unknown): string {
  return JSON.stringify(value, (_, entry: unknown) => (Number.isNaN(entry) ? 'NaN' : entry));
}

const printed = vi.spyOn(console, 'log').mockImplementation(() => undefined);
beforeEach(() => {
  evenkeel.resetNames();
});
afterAll(() => {
  printed.mockRestore();
});

test('there are examples', () => {
  expect(examples.length).toBeGreaterThan(50);
});

test('a claim that does not hold is found', async () => {
  const run = new AsyncFunction('check', 'x', withChecks('x.shape;  // [2, 3]'));
  await expect(run(check, evenkeel.tensor([[1, 2]]))).rejects.toThrow(/says \[2,3\]\s+gives \[1,2\]/);
});

/** Names of exports that cannot be names of variables. */
const RESERVED = ['default', 'switch'];

test.for(examples)('the example of $file runs: $subject', async ({ file, code }) => {
  const scope = { ...(await scopeOf(file)), check };
  const compiled = ts.transpileModule(`{\n${withChecks(code)}\n}`, {
    compilerOptions: { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext },
  });
  const names = Object.keys(scope).filter((name) => /^[A-Za-z_]\w*$/.test(name) && !RESERVED.includes(name));
  const run = new AsyncFunction(...names, compiled.outputText);
  await run(...names.map((name) => scope[name as keyof typeof scope]));
});
