import { readBTreeV2 } from './btree-v2.ts';
import { FractalHeap } from './fractal-heap.ts';
import type { Cursor, Source } from './source.ts';

/** Maximum length of a name. */
const LONGEST_NAME = 4096;
/** Maximum number of links in a group. */
const MOST_LINKS = 100_000;

/** The links of a group: addresses of objects by name. */
export class Links {
  readonly byName: Map<string, number> = new Map();
  readonly #source: Source;
  readonly #path: string;

  constructor(source: Source, path: string) {
    this.#source = source;
    this.#path = path;
  }

  /** Adds the links of an old-style group: a version-1 B-tree of symbol-table nodes, and a local heap of names. */
  addSymbolTable(message: Cursor): void {
    const tree = message.address();
    const heap = message.address();
    const source = this.#source;
    const head = source.read(heap, 8 + 2 * source.lengthSize + source.offsetSize, 'a heap of names');
    head.signature('HEAP');
    head.expect('version', head.byte(), [0]);
    head.skip(3);
    const length = head.length();
    head.skip(source.lengthSize);
    const names = head.address();
    source.raw(names, length, 'a heap of names');
    this.#addTree(tree, { names, length });
  }

  /** Adds a link message of a new-style group. */
  addLink(body: Cursor): void {
    body.expect('link version', body.byte(), [1]);
    const flags = body.byte();
    const kind = (flags & 8) !== 0 ? body.byte() : 0;
    if ((flags & 4) !== 0) body.skip(8);
    if ((flags & 16) !== 0) body.skip(1);
    const length = body.unsigned(1 << (flags & 3));
    const name = body.text(Math.min(length, body.left + 1));
    this.#checkKind(kind, name);
    this.#add(name, body.address());
  }

  /** Adds the densely stored links of a new-style group. */
  addDense(body: Cursor): void {
    body.expect('link info version', body.byte(), [0]);
    if ((body.byte() & 1) !== 0) body.skip(8);
    const heapAddress = body.optionalAddress();
    const tree = body.optionalAddress();
    if (heapAddress === undefined || tree === undefined) return;
    const heap = new FractalHeap(this.#source, heapAddress);
    for (const record of readBTreeV2(this.#source, tree, [5])) {
      record.body.skip(4);
      this.addLink(heap.object(record.body));
    }
  }

  #addTree(address: number, heap: { names: number; length: number }, level?: number): void {
    const source = this.#source;
    const head = source.read(address, 8 + 2 * source.offsetSize, 'a tree of links');
    head.signature('TREE');
    head.expect('node type', head.byte(), [0]);
    const height = head.byte();
    if (level !== undefined ? height !== level : height > 16) throw head.problem(`a node of height ${height}`);
    const count = head.uint16();
    const length = count * (source.lengthSize + source.offsetSize);
    const body = source.read(address + 8 + 2 * source.offsetSize, length, 'a tree of links');
    for (let i = 0; i < count; i++) {
      body.skip(source.lengthSize);
      const child = body.address();
      if (height > 0) this.#addTree(child, heap, height - 1);
      else this.#addNode(child, heap);
    }
  }

  #addNode(address: number, heap: { names: number; length: number }): void {
    const source = this.#source;
    const head = source.read(address, 8, 'a node of links');
    head.signature('SNOD');
    head.expect('version', head.byte(), [1]);
    head.skip(1);
    const count = head.uint16();
    const entrySize = source.lengthSize + source.offsetSize + 24;
    const body = source.read(address + 8, count * entrySize, 'a node of links');
    for (let i = 0; i < count; i++) {
      const entry = body.part(entrySize);
      const nameOffset = entry.length();
      const object = entry.optionalAddress();
      const cached = entry.uint32();
      if (nameOffset >= heap.length) throw source.malformed('a name outside its heap');
      const left = Math.min(heap.length - nameOffset, LONGEST_NAME + 1);
      const name = source.read(heap.names + nameOffset, left, 'a heap of names').nullTerminatedString();
      this.#checkKind(cached === 2 ? 1 : 0, name);
      if (object === undefined) throw source.malformed('a link without an address');
      this.#add(name, object);
    }
  }

  #checkKind(kind: number, name: string): void {
    if (kind === 0) return;
    const what = kind === 1 ? 'a soft link' : kind === 64 ? 'an external link' : `a link of kind ${kind}`;
    throw this.#source.refersElsewhere(`${what} at ${this.#path}/${name}`);
  }

  #add(name: string, address: number): void {
    if (name === '' || name === '.' || name.includes('/') || name.length > LONGEST_NAME) {
      throw this.#source.malformed(`the name ${JSON.stringify(name.slice(0, 40))} under ${this.#path}/`);
    }
    if (this.byName.has(name)) throw this.#source.malformed(`two objects named ${this.#path}/${name}`);
    if (this.byName.size >= MOST_LINKS) throw this.#source.malformed(`more than ${MOST_LINKS} links in ${this.#path}/`);
    this.byName.set(name, address);
  }
}
