import { checkBoolean, checkInteger, checkOptions, checkString } from '../../../core/checks.ts';
import { type DType, checkDType } from '../../../core/dtype.ts';
import { ValueError, show } from '../../../core/errors.ts';
import { type Shape, checkShape, showShape } from '../../../core/shape.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';
import type { Fields } from '../../saving/fields.ts';

/** Options of {@link InputSpec}. */
export interface InputSpecOptions {
  /** The dtype. @default null, any */
  readonly dtype?: DType | null | undefined;
  /** The shape with the batch axis, null for axes of any size. @default null, any */
  readonly shape?: Shape | null | undefined;
  /** The rank. @default null, that of `shape` */
  readonly ndim?: number | null | undefined;
  /** The maximum rank. @default null, any */
  readonly maxNdim?: number | null | undefined;
  /** The minimum rank. @default null, any */
  readonly minNdim?: number | null | undefined;
  /** The sizes of axes by their numbers; negative ones count from the back. @default {} */
  readonly axes?: Readonly<Record<number, number | null>> | undefined;
  /** Whether a last axis of size 1 may be missing, or one more than in `shape`. @default false */
  readonly allowLastAxisSqueeze?: boolean | undefined;
  /** The key of the input among several. @default null */
  readonly name?: string | null | undefined;
  /** Whether the input may be omitted. @default false */
  readonly optional?: boolean | undefined;
}

const WHO = 'InputSpec';

/** The options, which can be given by position. */
const ORDER = [
  'dtype',
  'shape',
  'ndim',
  'maxNdim',
  'minNdim',
  'axes',
  'allowLastAxisSqueeze',
  'name',
  'optional',
] as const;

/**
 * The requirements on an input of a layer, checked at every call. A layer of your own sets `this.inputSpec` to one, or to a list
 * of one for each input.
 *
 * @throws TypeError for an unknown option or one of a wrong type; ValueError if an axis exceeds the rank.
 * @example
 * const spec = new layers.InputSpec({ shape: [null, 28, 28, 1], allowLastAxisSqueeze: true });
 * spec.ndim;    // 4
 * @see https://keras.io/api/layers/base_layer/
 */
export class InputSpec implements InputSpecOptions {
  static readonly className: string = WHO;
  static readonly positional: readonly string[] = ORDER;
  static readonly fields: Fields = {};

  readonly dtype: DType | null;
  readonly shape: Shape | null;
  readonly ndim: number | null;
  readonly maxNdim: number | null;
  readonly minNdim: number | null;
  readonly axes: Readonly<Record<number, number | null>>;
  readonly allowLastAxisSqueeze: boolean;
  readonly name: string | null;
  readonly optional: boolean;

  constructor(...args: Arguments<InputSpecOptions, typeof ORDER>);
  constructor(options?: InputSpecOptions);
  constructor(...args: readonly unknown[]) {
    const [others, named] = takeArguments(InputSpec, args);
    const options: InputSpecOptions = { ...others, ...named };
    checkOptions(WHO, options, ORDER);
    const { dtype = null, shape = null, name = null } = options;
    const rank = (option: 'ndim' | 'maxNdim' | 'minNdim'): number | null => {
      const given = options[option] ?? null;
      return given === null ? null : checkInteger(WHO, option, given, 0);
    };
    this.dtype = dtype === null ? null : checkDType(dtype, WHO);
    this.shape = shape === null ? null : [...checkShape(shape, WHO)];
    this.ndim = this.shape === null ? rank('ndim') : this.shape.length;
    this.maxNdim = rank('maxNdim');
    this.minNdim = rank('minNdim');
    this.axes = checkAxes(options.axes ?? {}, this.ndim ?? this.maxNdim);
    this.allowLastAxisSqueeze = checkBoolean(WHO, 'allowLastAxisSqueeze', options.allowLastAxisSqueeze ?? false);
    this.name = name === null ? null : checkString(WHO, 'name', name);
    this.optional = checkBoolean(WHO, 'optional', options.optional ?? false);
  }
}

function checkAxes(axes: unknown, rank: number | null): Readonly<Record<number, number | null>> {
  const isSize = (size: unknown): boolean => size === null || (Number.isInteger(size) && Number(size) >= 0);
  const entries = typeof axes === 'object' && axes !== null ? Object.entries(axes) : [['', axes] as const];
  if (!entries.every(([axis, size]) => /^-?\d+$/.test(axis) && isSize(size))) {
    throw new TypeError(`[${WHO}] axes must have integers as keys and sizes. Received: axes=${show(axes)}.`);
  }
  const most = Math.max(...entries.map(([axis]) => Number(axis)));
  if (rank !== null && most >= rank) {
    throw new ValueError(`[${WHO}] axes must be less than ${rank} for inputs of this rank. Received: axis ${most}.`);
  }
  return Object.fromEntries(entries);
}

/** The requirements of a layer: on its only input, or on each of several. */
export type InputSpecs = InputSpecOptions | readonly InputSpecOptions[];

/** The properties of an input that a specification checks. */
export interface CheckedInput {
  readonly shape: Shape;
  readonly dtype?: DType;
}

/** Checks the inputs of a call. @throws ValueError if one does not fit its spec, or their number is another one. */
export function checkInputs(specs: InputSpecs | null, inputs: readonly CheckedInput[], who: string): void {
  if (specs === null) return;
  checkInputCount(specs, inputs.length, who);
  const list = listOf(specs);
  for (const [i, input] of inputs.entries()) {
    const spec = list[i];
    if (spec !== undefined) checkInput(spec, input, who, list.length === 1 ? 'the input' : nameOf(spec, i));
  }
}

/** Checks the number of inputs. @throws ValueError if there is another number of specs. */
export function checkInputCount(specs: InputSpecs | null, count: number, who: string): void {
  if (specs === null) return;
  const list = listOf(specs);
  const required = list.filter(({ optional }) => optional !== true).length;
  if (count <= list.length && count >= required) return;
  if (list.length === 1) {
    throw new ValueError(
      `[${who}] expected one input. Received: ${count} inputs. Merge them first, or call the layer on each.`,
    );
  }
  const names = list.map(nameOf).join(', ');
  throw new ValueError(`[${who}] expected ${list.length} inputs: ${names}. Received: ${count}.`);
}

const isList = (specs: InputSpecs): specs is readonly InputSpecOptions[] => Array.isArray(specs);

const listOf = (specs: InputSpecs): readonly InputSpecOptions[] => (isList(specs) ? specs : [specs]);

const nameOf = ({ name }: InputSpecOptions, i: number): string => `input ${name ?? i}`;

function checkInput(spec: InputSpecOptions, { shape, dtype }: CheckedInput, who: string, input: string): void {
  const came = `Received: ${input === 'the input' ? 'input' : input} of shape ${showShape(shape)}.`;
  const refuse = (rule: string): ValueError => new ValueError(`[${who}] expected ${rule}. ${came}`);
  const { ndim = spec.shape?.length ?? null, maxNdim = null, minNdim = null, allowLastAxisSqueeze = false } = spec;
  const a = input === 'the input' ? 'an input' : input;
  if (ndim !== null && shape.length !== ndim && !allowLastAxisSqueeze) throw refuse(`${a} of rank ${ndim}`);
  if (maxNdim !== null && shape.length > maxNdim) throw refuse(`${a} of rank ${maxNdim} or less`);
  if (minNdim !== null && shape.length < minNdim) throw refuse(`${a} of rank ${minNdim} or more`);
  if (isGiven(spec.dtype) && dtype !== undefined && dtype !== spec.dtype) {
    throw new ValueError(`[${who}] expected ${a} of dtype ${spec.dtype}. Received: ${dtype}.`);
  }
  for (const [axis, size] of Object.entries(spec.axes ?? {})) {
    const actual = shape.at(Number(axis));
    if (size !== null && actual !== null && actual !== size) {
      throw refuse(`axis ${axis} of ${input} to have size ${size}`);
    }
  }
  if (isGiven(spec.shape) && !fits(spec.shape, shape, allowLastAxisSqueeze)) {
    throw refuse(`${a} of shape ${showShape(spec.shape)}`);
  }
}

const isGiven = <T>(value: T | null | undefined): value is T => value !== null && value !== undefined;

function fits(wanted: Shape, shape: Shape, allowLastAxisSqueeze: boolean): boolean {
  const squeezed = (given: Shape): Shape => (given.at(-1) === 1 ? given.slice(0, -1) : given);
  const [a, b] = allowLastAxisSqueeze ? [squeezed(wanted), squeezed(shape)] : [wanted, shape];
  return a.length === b.length && a.every((size, i) => size === null || b[i] === null || size === b[i]);
}
