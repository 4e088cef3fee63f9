import { DEEPEST } from '../../arrays/stored.ts';
import { ValueError } from '../../../core/errors.ts';
import { bytesOf } from '../../arrays/elements.ts';
import type { StoredArray, StoredAttribute, StoredGroup } from '../../arrays/stored.ts';
import { Bytes, Places } from './bytes.ts';
import { checkArray } from './check.ts';
import { type Message, arrayMessages, attributeMessage, writeHeader } from './messages.ts';
import { type Entry, LEAF_RANK, TREE_RANK, type Table, writeEntry, writeTable } from './symbol-table.ts';
import { TextHeap } from './text-heap.ts';

const SUPERBLOCK_BYTES = 96;
/** Maximum nesting depth that this package reads; HDF5 has no limit. */

const encoder = new TextEncoder();

/** Writes a whole file. */
export function writeTree(root: StoredGroup, who: string): Uint8Array {
  const places = new Places(SUPERBLOCK_BYTES);
  const heap = new TextHeap(places);
  const writer = new TreeWriter(who, places, heap);
  const { address, table } = writer.group(root, '', 0);
  heap.close();
  const superblock = new Bytes().bytes([0x89]).letters('HDF\r\n').bytes([0x1a]).letters('\n');
  superblock.bytes([0, 0, 0, 0, 0, 8, 8, 0]).uint16(LEAF_RANK).uint16(TREE_RANK).uint32(0);
  superblock.word(0).undefinedAddress().word(places.length).undefinedAddress();
  writeEntry(superblock, 0, address, table);
  places.fill(0, superblock.done());
  return places.done();
}

class TreeWriter {
  readonly #who: string;
  readonly #places: Places;
  readonly #heap: TextHeap;

  constructor(who: string, places: Places, heap: TextHeap) {
    this.#who = who;
    this.#places = places;
    this.#heap = heap;
  }

  group(group: StoredGroup, path: string, depth: number): { address: number; table: Table } {
    if (depth > DEEPEST) {
      throw new ValueError(
        `[${this.#who}] groups must be nested at most ${DEEPEST} levels deep. Received: more, at ${path.slice(0, 40)}….`,
      );
    }
    const entries: Entry[] = [];
    for (const [name, child] of nest(this.#who, group, path)) {
      const below = `${path}/${name}`;
      if (child.kind === 'group') {
        entries.push({ name: encoder.encode(name), ...this.group(child, below, depth + 1) });
      } else {
        entries.push({ name: encoder.encode(name), address: this.#array(child, below), table: undefined });
      }
    }
    const table = writeTable(this.#places, entries);
    const body = new Bytes().word(table.tree).word(table.heap).done();
    const messages = [{ type: 0x11, body, isConstant: false }, ...this.#attributes(group.attributes, path)];
    return { address: this.#places.add(writeHeader(messages)), table };
  }

  #array(array: StoredArray, path: string): number {
    checkArray(this.#who, path, array);
    const bytes = bytesOf(array.data);
    const address = bytes.byteLength === 0 ? undefined : this.#places.add(bytes);
    const messages = [...arrayMessages(array, address), ...this.#attributes(array.attributes ?? new Map(), path)];
    return this.#places.add(writeHeader(messages));
  }

  #attributes(attributes: ReadonlyMap<string, StoredAttribute>, path: string): Message[] {
    if (attributes.size > 60_000) {
      throw new ValueError(
        `[${this.#who}] an object must have at most 60000 attributes. Received: ${attributes.size}.`,
      );
    }
    return [...attributes].map(([name, value]) => attributeMessage(this.#who, path, name, value, this.#heap));
  }
}

/** The children of a group, with those whose names contain slashes moved into nested groups. */
function nest(who: string, group: StoredGroup, path: string): Map<string, StoredGroup | StoredArray> {
  const nested = new Map<string, Map<string, StoredGroup | StoredArray>>();
  const direct = new Map<string, StoredGroup | StoredArray>();
  for (const [name, child] of group.children) {
    const slash = name.indexOf('/');
    const first = slash < 0 ? name : name.slice(0, slash);
    if (first === '' || first === '.' || name.endsWith('/') || name.includes('\0')) {
      throw new ValueError(
        `[${who}] names in a file must be non-empty, not ".", and without zero bytes. Received: ${JSON.stringify(name.slice(0, 80))} in ${path}/.`,
      );
    }
    if (slash < 0) {
      direct.set(name, child);
      continue;
    }
    const inside = nested.get(first) ?? new Map<string, StoredGroup | StoredArray>();
    inside.set(name.slice(slash + 1), child);
    nested.set(first, inside);
  }
  for (const [first, inside] of nested) {
    const own = direct.get(first);
    if (own?.kind === 'array') throw taken(who, path, first);
    const children = new Map(own?.children);
    for (const [name, child] of inside) {
      if (children.has(name)) throw taken(who, path, `${first}/${name}`);
      children.set(name, child);
    }
    direct.set(first, { kind: 'group', attributes: own?.attributes ?? new Map(), children });
  }
  return direct;
}

function taken(who: string, path: string, name: string): ValueError {
  return new ValueError(`[${who}] names in a file must be unique. Received: ${path}/${name} twice.`);
}
