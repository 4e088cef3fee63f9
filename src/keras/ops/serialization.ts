import { type Config, isRecord } from '../../core/config.ts';
import { NotImplementedError, show } from '../../core/errors.ts';
import { Operation } from './base/operation.ts';
import type { Specification } from './base/specification.ts';
import * as conversion from './conversion.ts';
import * as core from './core/index.ts';
import * as einops from './einops.ts';
import * as extensions from './extensions.ts';
import * as image from './image/index.ts';
import * as linalg from './linalg/index.ts';
import * as math from './math/index.ts';
import * as nn from './nn/index.ts';
import { reluWithOptions } from './nn/relu-with-options.ts';
import * as numpy from './numpy/index.ts';
import * as scattering from './scattering.ts';

type Functions = typeof conversion &
  typeof core &
  typeof einops &
  typeof extensions &
  typeof image &
  typeof linalg &
  typeof math &
  typeof nn &
  typeof numpy &
  typeof scattering;

interface Recordable {
  readonly specification: Specification;
}

type NotRecordable = {
  [Name in keyof Functions]: Functions[Name] extends Recordable ? never : Name;
}[keyof Functions];

const EXTENSION = 'Keras has no such function';
const QUERY = 'its result is no value';
const COMPLEX = 'it computes with complex numbers, which are pairs of values here';
const FUNCTION = 'it calls functions, which configs cannot hold';
const CREATION = 'it has no argument that may be a symbolic tensor';

/** The functions of `ops` that configs cannot record, and the reasons: each function that `op` does not declare. */
export const NOT_RECORDABLE: Readonly<Record<NotRecordable, string>> = {
  addAll: EXTENSION,
  allReduce: EXTENSION,
  arange: CREATION,
  associativeScan: FUNCTION,
  bartlett: CREATION,
  blackman: CREATION,
  cond: FUNCTION,
  convertToNumpy: QUERY,
  convertToTensor: CREATION,
  customGradient: QUERY,
  dtype: QUERY,
  empty: CREATION,
  extractPatches3d: 'it records a call of extractPatches',
  eye: CREATION,
  foriLoop: FUNCTION,
  full: CREATION,
  hamming: CREATION,
  hanning: CREATION,
  identity: CREATION,
  isTensor: QUERY,
  jvp: FUNCTION,
  kaiser: CREATION,
  map: FUNCTION,
  normalizeWith: EXTENSION,
  ones: CREATION,
  polar: COMPLEX,
  scan: FUNCTION,
  shape: QUERY,
  step: EXTENSION,
  switch: FUNCTION,
  tri: CREATION,
  vectorizedMap: FUNCTION,
  vectorize: 'it makes a function',
  viewAsComplex: COMPLEX,
  viewAsReal: COMPLEX,
  whileLoop: FUNCTION,
  zeros: CREATION,
};

const isRecordable = (entry: unknown): entry is Recordable => typeof entry === 'function' && 'specification' in entry;

const keyOf = (module: string, className: string): string => `${module}>${className}`;

/** Keras's operations by module and class, as some classes have the names of layers, and by class alone. */
interface Registry {
  readonly byKey: ReadonlyMap<string, Specification>;
  readonly byClass: ReadonlyMap<string, Specification>;
}

let registry: Registry | null = null;

/** The operations, which are collected when the first config is read. */
function operations(): Registry {
  if (registry !== null) return registry;
  const specifications: readonly Specification[] = [
    ...[conversion, core, einops, extensions, image, linalg, math, nn, numpy, scattering]
      .flatMap((module): readonly unknown[] => Object.values(module))
      .filter(isRecordable)
      .map(({ specification }) => specification),
    reluWithOptions.specification,
    // A subclass of Absolute in Keras.
    { ...numpy.absolute.specification, className: 'Abs' },
  ];
  registry = {
    byKey: new Map(specifications.map((each) => [keyOf(each.module, each.className), each])),
    byClass: new Map(specifications.map((each) => [each.className, each])),
  };
  return registry;
}

/** Whether an entry of a config is an operation of Keras, not a layer. */
export function isOperationConfig(entry: object): boolean {
  const module: unknown = 'module' in entry ? entry.module : undefined;
  if (typeof module === 'string') return /^keras\.(src\.)?(ops|activations)\b/.test(module);
  return module === undefined && isBareOperation(entry);
}

/** Files of early versions of Keras 3 have no modules. Unlike operations, layers there have a dtype or are trainable. */
function isBareOperation(entry: object): boolean {
  if (!('class_name' in entry && 'config' in entry && 'inbound_nodes' in entry)) return false;
  const { class_name: className, config, inbound_nodes: nodes } = entry;
  if (!operations().byClass.has(String(className)) || !isRecord(config) || 'trainable' in config || 'dtype' in config)
    return false;
  return Array.isArray(nodes) && nodes.length > 0 && nodes.every((node) => isRecord(node));
}

/**
 * Makes the operation of an entry of a config.
 * @throws NotImplementedError if there is no function for it; ValueError if its options do not fit.
 */
export function deserializeOperation(entry: { readonly class_name: string; readonly config: Config }): Operation {
  const { class_name: className, config } = entry;
  const module = 'module' in entry && typeof entry.module === 'string' ? entry.module : null;
  const name = isRecord(config) && typeof config['name'] === 'string' ? config['name'] : undefined;
  const { byClass, byKey } = operations();
  const found = module === null ? byClass.get(className) : byKey.get(keyOf(module, className));
  if (found !== undefined) return new Operation(found, config, name);
  throw new NotImplementedError(
    `[Model] an operation of a config must be one of the functions of evenkeel/ops. Received: ${className} of ${module ?? 'keras.src.ops.numpy'}, at ${show(name ?? className)}.`,
  );
}
