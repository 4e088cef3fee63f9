import { readFileSync, readdirSync } from 'node:fs';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const src = fileURLToPath(new URL('../../../src', import.meta.url));

/** The folders that the files of each folder of src/ import, `index.ts` files and types included. */
function importsOfFolders(): ReadonlyMap<string, ReadonlySet<string>> {
  const imports = new Map<string, Set<string>>();
  for (const file of readdirSync(src, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.ts')) continue;
    const folder = posix.dirname(file);
    const targets = imports.get(folder) ?? new Set<string>();
    imports.set(folder, targets);
    for (const [, path = ''] of readFileSync(posix.join(src, file), 'utf8').matchAll(
      /(?:from|import\()\s*'(\.[^']+)'/g,
    )) {
      const target = posix.dirname(posix.join(folder, path));
      if (target !== folder) targets.add(target);
    }
  }
  return imports;
}

/** Returns a cycle that can be reached from a folder, or null. */
function cycleFrom(
  folder: string,
  imports: ReadonlyMap<string, ReadonlySet<string>>,
  path: readonly string[],
  finished: Set<string>,
): readonly string[] | null {
  if (path.includes(folder)) return [...path.slice(path.indexOf(folder)), folder];
  if (finished.has(folder)) return null;
  for (const target of imports.get(folder) ?? []) {
    const found = cycleFrom(target, imports, [...path, folder], finished);
    if (found !== null) return found;
  }
  finished.add(folder);
  return null;
}

test('no folders of src/ import each other in a cycle, a folder and its subfolders included', () => {
  const imports = importsOfFolders();
  const finished = new Set<string>();
  const cycles = [...imports.keys()].map((folder) => cycleFrom(folder, imports, [], finished));
  expect(cycles.filter((cycle) => cycle !== null)).toEqual([]);
});
