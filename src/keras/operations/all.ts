import { type Config, isRecord } from '../../core/config.ts';
import { NotImplementedError, show } from '../../core/errors.ts';
import * as activations from './activations.ts';
import * as arrangement from './arrangement.ts';
import * as elementwise from './elementwise.ts';
import * as mathematics from './mathematics.ts';
import * as movement from './movement.ts';
import { Operation } from '../ops/base/operation.ts';
import * as reductions from './reductions.ts';
import { type Specification, moduleOf } from '../ops/base/specification.ts';
import * as windows from './windows.ts';

const aliases: readonly Specification[] = [{ ...elementwise.abs.specification, className: 'Abs' }];

const rooms: readonly Readonly<Record<string, unknown>>[] = [
  activations,
  arrangement,
  elementwise,
  mathematics,
  movement,
  reductions,
  windows,
];

const specifications: readonly Specification[] = [
  ...rooms
    .flatMap((room) => Object.values(room))
    .filter((entry) => typeof entry === 'function')
    .filter((entry): entry is typeof entry & { readonly specification: Specification } => 'specification' in entry)
    .map(({ specification }) => specification),
  ...[activations, movement].flatMap(({ others }) => others),
  ...aliases,
];

const keyOf = (module: string, className: string): string => `${module}>${className}`;

/** Keras's operations by module and class, since some classes have the names of layers. */
const table: ReadonlyMap<string, Specification> = new Map(
  specifications.map((specification) => [keyOf(specification.module, specification.className), specification]),
);

/** The same by class alone, those of `keras.ops.numpy` first. */
const byClass: ReadonlyMap<string, Specification> = new Map(
  [...specifications].reverse().map((specification) => [specification.className, specification]),
);

/** Whether a config object stands for an operation of Keras's, and not for a layer. */
export function isOperationConfig(entry: object): boolean {
  const module: unknown = 'module' in entry ? entry.module : undefined;
  if (typeof module === 'string') return /^keras\.(src\.)?(ops|activations)\b/.test(module);
  return module === undefined && isBareOperation(entry);
}

/** The older files of Keras 3 have no modules; but layers there say their type, and whether they are trained. */
function isBareOperation(entry: object): boolean {
  if (!('class_name' in entry && 'config' in entry && 'inbound_nodes' in entry)) return false;
  const { class_name: className, config, inbound_nodes: nodes } = entry;
  if (!byClass.has(String(className)) || !isRecord(config) || 'trainable' in config || 'dtype' in config) return false;
  return Array.isArray(nodes) && nodes.length > 0 && nodes.every((node) => isRecord(node));
}

/**
 * The operation that a config object of Keras's stands for.
 * @throws NotImplementedError if there is no function for it; ValueError if its options do not fit.
 */
export function deserializeOperation(entry: { readonly class_name: string; readonly config: Config }): Operation {
  const { class_name: className, config } = entry;
  const module = 'module' in entry && typeof entry.module === 'string' ? entry.module : null;
  const name = isRecord(config) && typeof config['name'] === 'string' ? config['name'] : undefined;
  const found = module === null ? byClass.get(className) : table.get(keyOf(module, className));
  if (found !== undefined) return new Operation(found, config, name);
  throw new NotImplementedError(
    `[Model] an operation of a config must be one that evenkeel/ops has. Received: ${className} of ${module ?? moduleOf('numpy')}, at ${show(name ?? className)}.`,
  );
}
