import type { Json } from '../../../core/config.ts';
import { checkOptions } from '../../../core/checks.ts';
import { show } from '../../../core/errors.ts';
import { type Tensor, type TensorLike, isArrayLike, isTensor, tensor } from '../../../core/tensor.ts';
import type { IsLeaf, Tree } from '../../../core/tree.ts';
import type { NamedArguments } from '../../ops/base/symbolic-arguments.ts';
import { type ApplyOptions, isTreeOf } from './apply-options.ts';
import type { KerasCall } from './traits.ts';

/** The names of the options of `apply` that a class declares. */
export function namesOfOptions({ tensors = [], settings = {} }: KerasCall): readonly string[] {
  return [...tensors, ...Object.keys(settings)];
}

/** The mode and the mask of a call, and its other options by name. */
interface ReadCall {
  readonly training: boolean | null;
  readonly mask: unknown;
  readonly named: NamedArguments;
}

/** Separates the options of a call. @throws TypeError for an unknown one, and for a second input in their place */
export function readCall(who: string, kerasCall: KerasCall, options: ApplyOptions<unknown>): ReadCall {
  if (Array.isArray(options) || 'shape' in options) {
    throw new TypeError(
      `[${who} apply] the second argument must be an object of options. Received: ${show(options)}. ` +
        'Pass several inputs as a list: apply([a, b]).',
    );
  }
  checkOptions(`${who} apply`, options, ['training', 'mask', ...namesOfOptions(kerasCall)]);
  const { training, mask, ...named } = options;
  return { training: training ?? null, mask: mask ?? null, named };
}

/**
 * Checks the options of a call that a class declares. Arrays become tensors, which are constants beside symbolic tensors and
 * values.
 * @throws TypeError if an option is of a wrong type.
 */
export function readCallOptions<T>(
  who: string,
  { tensors = [], scalars = [], settings = {} }: KerasCall,
  given: NamedArguments,
  isLeaf: IsLeaf<T>,
): NamedArguments {
  const entries = Object.entries(given).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    entries.map(([name, value]) => {
      if (!tensors.includes(name)) return [name, checkSetting(who, name, value, settings[name] ?? null)];
      const isKept = value === null || (typeof value === 'number' && scalars.includes(name));
      return [name, isKept ? value : readTensors(who, name, value, isLeaf)];
    }),
  );
}

function checkSetting(who: string, name: string, value: unknown, byDefault: Json): unknown {
  if (byDefault === null || typeof value === typeof byDefault) return value;
  const kind = typeof byDefault === 'boolean' ? 'true or false' : `a ${typeof byDefault}`;
  throw new TypeError(`[${who}] ${name} must be ${kind}. Received: ${name}=${show(value)}.`);
}

function readTensors<T>(who: string, name: string, value: unknown, isLeaf: IsLeaf<T>): Tree<T | Tensor> {
  const isItem = (item: unknown): item is T | Tensor => isLeaf(item) || isTensor(item);
  if (isTreeOf(value, isItem)) return value;
  if (isArrayLike(value) || Array.isArray(value)) return tensor(value as TensorLike);
  throw new TypeError(`[${who}] ${name} must be a tensor. Received: ${name}=${show(value)}.`);
}

/** The options of a call, with the defaults of those that were not given. */
export function withDefaults({ tensors = [], settings = {} }: KerasCall, given: NamedArguments): NamedArguments {
  return { ...Object.fromEntries(tensors.map((name) => [name, null])), ...settings, ...given };
}
