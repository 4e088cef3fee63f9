import { DEEPEST } from '../../arrays/stored.ts';
import type { StoredArray, StoredGroup } from '../../arrays/stored.ts';
import { readAttributes } from './attributes.ts';
import { readDataset } from './dataset.ts';
import { GlobalHeaps } from './global-heap.ts';
import { Links } from './links.ts';
import { MESSAGE, readMessages } from './object-header.ts';
import type { Source } from './source.ts';
import { openSource } from './superblock.ts';

const MOST_OBJECTS = 100_000;

/** Reads all groups, datasets and attributes of a file. Aligned arrays are views of `bytes`. */
export function readTree(bytes: Uint8Array, who: string): StoredGroup {
  const { source, root } = openSource(bytes, who);
  const reader = new TreeReader(source);
  const found = reader.read(root, '', []);
  if (found.kind !== 'group') throw source.malformed('a dataset as the root');
  return found;
}

class TreeReader {
  readonly #source: Source;
  readonly #heaps: GlobalHeaps;
  #objects = 0;

  constructor(source: Source) {
    this.#source = source;
    this.#heaps = new GlobalHeaps(source);
  }

  read(address: number, path: string, above: readonly number[]): StoredGroup | StoredArray {
    const source = this.#source;
    this.#objects++;
    if (this.#objects > MOST_OBJECTS) throw source.malformed(`more than ${MOST_OBJECTS} objects`);
    if (above.length > DEEPEST) throw source.unsupported(`more than ${DEEPEST} groups inside each other`);
    if (above.includes(address)) throw source.refersElsewhere(`a group that contains itself, at ${path}`);
    const messages = readMessages(source, address);
    const has = (type: number): boolean => messages.some((message) => message.type === type);
    const attributes = readAttributes(source, this.#heaps, messages, path === '' ? '/' : path);
    if (has(MESSAGE.layout)) return readDataset(source, messages, attributes, path);
    if (has(MESSAGE.datatype)) throw source.unsupported(`a committed type at ${path}`);
    if (!has(MESSAGE.symbolTable) && !has(MESSAGE.linkInfo) && !has(MESSAGE.link)) {
      throw source.malformed(`an object that is neither group nor dataset at ${path === '' ? '/' : path}`);
    }
    const links = new Links(source, path);
    for (const { type, body } of messages) {
      if (type === MESSAGE.symbolTable) links.addSymbolTable(body);
      else if (type === MESSAGE.link) links.addLink(body);
      else if (type === MESSAGE.linkInfo) links.addDense(body);
    }
    const children = new Map<string, StoredGroup | StoredArray>();
    for (const name of [...links.byName.keys()].sort()) {
      children.set(name, this.read(links.byName.get(name) ?? 0, `${path}/${name}`, [...above, address]));
    }
    return { kind: 'group', attributes, children };
  }
}
