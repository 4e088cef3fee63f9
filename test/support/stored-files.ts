import { readFileSync } from 'node:fs';
import type { StoredArray, StoredAttribute, StoredGroup } from '../../src/formats/arrays/stored.ts';
import { loadGolden } from './golden.ts';

const folder = new URL('../golden/', import.meta.url);

/** A file of test/golden/containers/, made by test/golden/make/containers.py. */
export function containerFile(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`containers/${name}`, folder)));
}

/** The content of a file of test/golden/containers/, as Python read it. */
export function containerContent(name: string): unknown {
  const { cases } = loadGolden<{ readonly file: string; readonly content: unknown }>('containers');
  const found = cases.find(({ file }) => file === name);
  if (found === undefined) throw new Error(`containers.json has no ${name}`);
  return found.content;
}

/** A stored array as the Python script writes it down: 64-bit integers and what is not finite as texts. */
export function describeArray({ dtype, shape, data }: StoredArray): unknown {
  const isHalf = dtype === 'float16' || dtype === 'bfloat16';
  const describe = (value: number | bigint): unknown => {
    if (typeof value === 'bigint') return String(value);
    if (isHalf || Number.isFinite(value)) return value;
    return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf';
  };
  return { dtype, shape: [...shape], data: Array.from(data as Iterable<number | bigint>, describe) };
}

function describeAttribute(value: StoredAttribute): unknown {
  if (typeof value === 'number') return value;
  if (typeof value === 'string') {
    return value.length <= 200 ? value : `${value.slice(0, 50)}… (${value.length} characters)`;
  }
  return 'kind' in value ? describeArray(value) : value;
}

/** A stored tree as the Python script writes it down. */
export function describeTree(item: StoredGroup | StoredArray): unknown {
  const attributes = Object.fromEntries(
    [...(item.attributes ?? [])].map(([name, value]) => [name, describeAttribute(value)]),
  );
  if (item.kind === 'array') return { attributes, ...(describeArray(item) as object) };
  return {
    attributes,
    children: Object.fromEntries([...item.children].map(([name, child]) => [name, describeTree(child)])),
  };
}
