import { Bytes, type Places } from './bytes.ts';

/** Half the capacity of a symbol-table node and of a B-tree node: HDF5's defaults. */
export const LEAF_RANK = 4;
export const TREE_RANK = 16;

/** An object in a group; `table` is set for groups. */
export interface Entry {
  readonly name: Uint8Array;
  readonly address: number;
  readonly table: Table | undefined;
}

/** The symbol table of a group: addresses of the B-tree of links and of the heap of names. */
export interface Table {
  readonly tree: number;
  readonly heap: number;
}

/** A subtree, with the heap offset of its last name, which is the key between subtrees. */
interface Part {
  readonly address: number;
  readonly lastName: number;
}

/** Writes the links of a group, sorted by the bytes of their names, as HDF5's lookup requires. */
export function writeTable(places: Places, entries: readonly Entry[]): Table {
  const sorted = [...entries].sort((a, b) => compare(a.name, b.name));
  // The heap starts with the empty name, which is the first key.
  const names = new Bytes().zeros(8);
  const offsets = sorted.map(({ name }) => {
    const offset = names.length;
    names.bytes(name).byte(0).align();
    return offset;
  });
  const heap = places.reserve(32);
  const segment = places.add(names.done());
  // A free-list offset of 1 means no free space.
  places.fill(heap, new Bytes().letters('HEAP').zeros(4).word(names.length).word(1).word(segment).done());
  let parts: Part[] = [];
  for (let start = 0; start < sorted.length; start += 2 * LEAF_RANK) {
    const here = sorted.slice(start, start + 2 * LEAF_RANK);
    const address = places.add(writeNode(here, offsets.slice(start)));
    parts.push({ address, lastName: offsets[start + here.length - 1] ?? 0 });
  }
  let level = 0;
  do {
    parts = writeLevel(places, parts, level);
    level++;
  } while (parts.length > 1);
  return { tree: parts[0]?.address ?? 0, heap };
}

function writeNode(entries: readonly Entry[], offsets: readonly number[]): Uint8Array {
  const node = new Bytes().letters('SNOD').byte(1).byte(0).uint16(entries.length);
  for (const [i, entry] of entries.entries()) writeEntry(node, offsets[i] ?? 0, entry.address, entry.table);
  return node.zeros(8 + 2 * LEAF_RANK * 40 - node.length).done();
}

/** Writes a link: the name's heap offset, the object's address, and the cached symbol table if it is a group. */
export function writeEntry(into: Bytes, name: number, address: number, table: Table | undefined): void {
  into
    .word(name)
    .word(address)
    .uint32(table === undefined ? 0 : 1)
    .zeros(4);
  if (table === undefined) into.zeros(16);
  else into.word(table.tree).word(table.heap);
}

/** Writes one level of the B-tree. Each node stores its siblings' addresses and the last name of each child. */
function writeLevel(places: Places, parts: readonly Part[], level: number): Part[] {
  const width = 2 * TREE_RANK;
  const size = 24 + width * 8 + (width + 1) * 8;
  const count = Math.max(1, Math.ceil(parts.length / width));
  const addresses = Array.from({ length: count }, () => places.reserve(size));
  return addresses.map((address, index) => {
    const children = parts.slice(index * width, (index + 1) * width);
    const node = new Bytes().letters('TREE').byte(0).byte(level).uint16(children.length);
    for (const neighbour of [addresses[index - 1], addresses[index + 1]]) {
      if (neighbour === undefined) node.undefinedAddress();
      else node.word(neighbour);
    }
    node.word(index === 0 ? 0 : (parts[index * width - 1]?.lastName ?? 0));
    for (const child of children) node.word(child.address).word(child.lastName);
    places.fill(address, node.zeros(size - node.length).done());
    return { address, lastName: children.at(-1)?.lastName ?? 0 };
  });
}

function compare(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
