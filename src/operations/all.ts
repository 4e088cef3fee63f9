import { type Config, isRecord } from '../core/config.ts';
import { NotImplementedError, show } from '../core/errors.ts';
import * as activations from './activations.ts';
import * as elementwise from './elementwise.ts';
import * as movement from './movement.ts';
import { Operation } from './operation.ts';
import * as reductions from './reductions.ts';
import { type Specification, moduleOf } from './specification.ts';
import * as windows from './windows.ts';

const aliases: readonly Specification[] = [
  { ...elementwise.abs.specification, className: 'Abs' },
  { ...elementwise.divide.specification, className: 'TrueDivide' },
];

const rooms: readonly Readonly<Record<string, unknown>>[] = [activations, elementwise, movement, reductions, windows];

const specifications: readonly Specification[] = [
  ...rooms
    .flatMap((room) => Object.values(room))
    .filter((entry) => typeof entry === 'function')
    .filter((entry): entry is typeof entry & { readonly specification: Specification } => 'specification' in entry)
    .map(({ specification }) => specification),
  ...[activations, movement, reductions].flatMap(({ others }) => others),
  ...aliases,
];

const keyOf = (module: string, className: string): string => `${module}>${className}`;

/** Keras's operations by module and class, since some classes have the names of layers. */
const table: ReadonlyMap<string, Specification> = new Map(
  specifications.map((specification) => [keyOf(specification.module, specification.className), specification]),
);

/** Whether a config object stands for an operation of Keras's, and not for a layer. */
export function isOperationConfig(entry: object): boolean {
  const module: unknown = 'module' in entry ? entry.module : null;
  return typeof module === 'string' && /^keras\.(src\.)?(ops|activations)\b/.test(module);
}

/**
 * The operation that a config object of Keras's stands for.
 * @throws NotImplementedError if there is no function for it; ValueError if its options do not fit.
 */
export function deserializeOperation(entry: { readonly class_name: string; readonly config: Config }): Operation {
  const { class_name: className, config } = entry;
  const module = 'module' in entry && typeof entry.module === 'string' ? entry.module : moduleOf('numpy');
  const name = isRecord(config) && typeof config['name'] === 'string' ? config['name'] : undefined;
  const found = table.get(keyOf(module, className));
  if (found !== undefined) return new Operation(found, config, name);
  throw new NotImplementedError(
    `[Model] an operation of a config must be one that evenkeel/ops has. Received: ${className} of ${module}, at ${show(name ?? className)}.`,
  );
}
