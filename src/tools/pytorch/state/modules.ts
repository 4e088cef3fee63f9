import type { StoredArray } from '../../../formats/arrays/stored.ts';

/** A PyTorch module in a state dict. */
export interface PyTorchModule {
  /** The prefix, such as `layer1.0.conv1`; '' for the state of a single module. */
  readonly prefix: string;
  /** The tensors by their names within the module: `weight`, `running_mean`. */
  readonly tensors: ReadonlyMap<string, StoredArray>;
}

/** The name of the batch counter, which does not affect the network's outputs. */
const COUNTER = 'num_batches_tracked';

/** `x.parametrizations.weight.original0`: the module, the parametrized tensor, and its part. */
const PARAMETRIZED = /^(.*?)\.?parametrizations\.([^.]+)\.(.+)$/;

/** The names used for the parts of a parametrization: those of PyTorch's older form. */
const PARTS: Readonly<Record<string, string>> = {
  original0: 'weight_g',
  original1: 'weight_v',
  original: 'weight_orig',
  '0._u': 'weight_u',
  '0._v': 'weight_v',
};

/** Splits the name of a tensor into its module and the name within it. */
function splitName(name: string): readonly [prefix: string, own: string] {
  const [, prefix, parameter, part = ''] = PARAMETRIZED.exec(name) ?? [];
  const known = Object.hasOwn(PARTS, part) ? PARTS[part] : undefined;
  if (prefix !== undefined && parameter === 'weight' && known !== undefined) return [prefix, known];
  const end = name.lastIndexOf('.');
  return [name.slice(0, Math.max(end, 0)), name.slice(end + 1)];
}

/** Returns the modules of a state dict in the natural order of their names: `conv2` before `conv10`. Batch counters are omitted. */
export function modulesOf(state: ReadonlyMap<string, StoredArray>): readonly PyTorchModule[] {
  const found = new Map<string, Map<string, StoredArray>>();
  for (const [name, array] of state) {
    const [prefix, own] = splitName(name);
    if (own === COUNTER) continue;
    const tensors = found.get(prefix) ?? new Map<string, StoredArray>();
    found.set(prefix, tensors.set(own, array));
  }
  const modules = [...found].map(([prefix, tensors]) => ({ prefix, tensors }));
  return modules.sort((a, b) => naturalOrder(a.prefix, b.prefix));
}

function naturalOrder(a: string, b: string): number {
  const [x, y] = [piecesOf(a), piecesOf(b)];
  for (let i = 0; i < Math.min(x.length, y.length); i++) {
    const [p = '', q = ''] = [x[i], y[i]];
    if (p === q) continue;
    const bothNumbers = /^\d/.test(p) && /^\d/.test(q);
    if (bothNumbers && Number(p) !== Number(q)) return Number(p) - Number(q);
    return p < q ? -1 : 1;
  }
  return x.length - y.length;
}

/** Splits a name into runs of digits and the parts in between. */
function piecesOf(text: string): readonly string[] {
  return text.match(/\d+|\D+/g) ?? [];
}

/** A name without its numbers, and the numbers: `conv2d_1` is `conv#d_#` with 2, 1. */
function shapeOfName(segment: string): { readonly text: string; readonly numbers: readonly number[] } {
  const pieces = piecesOf(segment);
  return {
    text: pieces.map((piece) => (/^\d/.test(piece) ? '#' : piece)).join(''),
    numbers: pieces.filter((piece) => /^\d/.test(piece)).map(Number),
  };
}

function compareNumbers(a: readonly number[], b: readonly number[]): number {
  for (const [i, x] of a.entries()) {
    const y = b[i] ?? 0;
    if (x !== y) return x - y;
  }
  return 0;
}

/**
 * Whether the names imply that a module precedes another: they first differ at components that differ only in numbers, such
 * as `conv1` and `conv2`. `encoder` and `decoder`, or `conv1` and `downsample`, have no implied order.
 */
export function comesBefore(a: PyTorchModule, b: PyTorchModule): boolean {
  const [x, y] = [a.prefix.split('.'), b.prefix.split('.')];
  const at = x.findIndex((segment, i) => segment !== y[i]);
  const [p, q] = [x[at], y[at]];
  if (p === undefined || q === undefined) return false;
  const [one, other] = [shapeOfName(p), shapeOfName(q)];
  return one.text === other.text && compareNumbers(one.numbers, other.numbers) < 0;
}

/**
 * Returns the module that belongs to another: a sibling with the same number, as `bn1` to `conv1`, otherwise the next one
 * with the same pattern, as `downsample.1` to `downsample.0`. Null if there is none, or more than one.
 */
export function companionOf(module: PyTorchModule, others: readonly PyTorchModule[]): PyTorchModule | null {
  const end = module.prefix.lastIndexOf('.');
  const parent = module.prefix.slice(0, end + 1);
  const own = shapeOfName(module.prefix.slice(end + 1));
  const siblings = others
    .filter(({ prefix }) => prefix.startsWith(parent) && !prefix.slice(parent.length).includes('.'))
    .map((sibling) => ({ sibling, ...shapeOfName(sibling.prefix.slice(parent.length)) }));
  const alike = siblings.filter(({ text, numbers }) => text !== own.text && sameNumbers(numbers, own.numbers));
  const [first] = alike;
  if (first !== undefined) return alike.length === 1 ? first.sibling : null;
  const later = siblings.filter(({ text, numbers }) => text === own.text && compareNumbers(numbers, own.numbers) > 0);
  later.sort((a, b) => compareNumbers(a.numbers, b.numbers));
  return later[0]?.sibling ?? null;
}

function sameNumbers(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((number, i) => number === b[i]);
}
