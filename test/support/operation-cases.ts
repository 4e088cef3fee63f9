import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { type Config, Input, type KerasTensor, Model, type Value, ops } from 'evenkeel';
import { describe, expect, test } from 'vitest';
import { input } from '../../src/compiler/graph/leaves.ts';
import { verify } from '../../src/compiler/graph/verify.ts';
import { evaluate } from '../../src/compiler/reference/index.ts';
import { type DType, convert, isFloat } from '../../src/core/dtype.ts';
import { Tensor } from '../../src/core/tensor.ts';
import { expectClose } from './close.ts';
import { type GoldenArray, parseGolden } from './golden.ts';
import { checkGradient } from './gradient-check.ts';
import { lcg } from './lcg.ts';
import { predictByReference } from './predict-by-reference.ts';

/** A call of a function of `ops`, with what Keras computes; the scripts in test/golden/make have the fields. */
export interface OperationCase {
  readonly op: string;
  readonly args: readonly unknown[];
  readonly options: Readonly<Record<string, unknown>>;
  readonly note?: string;
  readonly tolerance?: { readonly rtol: number; readonly reason: string };
  readonly outputs: readonly GoldenArray[];
  /** Whether the first result is differentiable at the arguments. */
  readonly gradient?: boolean;
  readonly node?: { readonly module: string; readonly class_name: string; readonly config: Config };
}

/** The cases of test/golden/<name>.json.gz. */
export function loadOperationCases(name: string): readonly OperationCase[] {
  const json = gunzipSync(readFileSync(new URL(`../golden/${name}.json.gz`, import.meta.url))).toString();
  return parseGolden<OperationCase>(json, name).cases;
}

type AnyFunction = (...args: readonly unknown[]) => unknown;

/** The functions of `ops` by name. */
const functions = ops as unknown as Readonly<Record<string, AnyFunction>>;

const DTYPES: Readonly<Record<string, DType>> = { int64: 'int32', int8: 'int32', uint32: 'int32' };

function toTensor({ data, shape, dtype }: GoldenArray): Tensor {
  const type = DTYPES[dtype] ?? (dtype as DType);
  return new Tensor(convert(data, type), shape, type);
}

function seeded([shape, seed, low, high, dtype]: readonly [number[], number, number, number, DType]): Tensor {
  const numbers = lcg(shape, seed, low, high);
  const whole = dtype === 'int32' || dtype === 'uint8';
  const elements = numbers.map((x) => (whole ? Math.floor(x) : dtype === 'bool' ? Number(x > 0) : x));
  return new Tensor(convert(elements, dtype), shape, dtype);
}

const isGolden = (x: object): x is GoldenArray => 'data' in x && 'shape' in x;

/** Replaces each array of an argument, collects the arrays, and reads numbers that are not finite. */
function mapArrays(argument: unknown, replace: (array: Tensor) => unknown): unknown {
  if (argument === 'NaN' || argument === 'Infinity' || argument === '-Infinity') return Number(argument);
  if (typeof argument !== 'object' || argument === null) return argument;
  if (Array.isArray(argument)) return argument.map((each) => mapArrays(each, replace));
  if (isGolden(argument)) return replace(toTensor(argument));
  if ('lcg' in argument) return replace(seeded(argument.lcg as Parameters<typeof seeded>[0]));
  return Object.fromEntries(Object.entries(argument).map(([key, value]) => [key, mapArrays(value, replace)]));
}

/** The arrays of a call, and the call with others in their places. */
function prepare({ op, args, options }: OperationCase): {
  readonly tensors: readonly Tensor[];
  readonly call: (replacements: readonly unknown[]) => readonly unknown[];
} {
  const tensors: Tensor[] = [];
  mapArrays([args, options], (array) => tensors.push(array));
  const run = functions[op];
  if (run === undefined) throw new Error(`ops has no ${op}.`);
  const call = (replacements: readonly unknown[]): readonly unknown[] => {
    const rest = [...replacements];
    const all = mapArrays(args, () => rest.shift()) as unknown[];
    const named = mapArrays(options, () => rest.shift()) as object;
    const result = run(...all, ...(Object.keys(named).length > 0 ? [named] : []));
    return Array.isArray(result) ? (result.flat(3) as unknown[]) : [result];
  };
  return { tensors, call };
}

function expectOutputs(found: readonly Tensor[], { outputs, tolerance }: OperationCase): void {
  expect(found.map(({ shape }) => shape)).toEqual(outputs.map(({ shape }) => shape));
  for (const [i, output] of outputs.entries()) {
    expect(found[i]!.dtype).toBe(DTYPES[output.dtype] ?? output.dtype);
    expectClose(found[i]!.data, output.data, { rtol: tolerance?.rtol ?? 1e-5 });
  }
}

function titleOf({ op, args, options, note }: OperationCase): string {
  const short = JSON.stringify([...args, options], (_, value: unknown) => {
    if (typeof value !== 'object' || value === null) return value;
    if (isGolden(value)) return `${value.dtype}[${value.shape.join()}]`;
    return 'lcg' in value ? String((value.lcg as unknown[])[4]) + JSON.stringify((value.lcg as unknown[])[0]) : value;
  });
  return `ops.${op}(${short.slice(1, -1).slice(0, 120)})${note === undefined ? '' : `, ${note}`}`;
}

/** Tests calls on the float64 reference: results, gradients, and calls in models. */
export function testOperations(name: string): void {
  const cases = loadOperationCases(name);

  describe(`${name}: a call computes what Keras computes`, () => {
    test.each(cases.map((each) => [titleOf(each), each] as const))('%s', (_, each) => {
      const { tensors, call } = prepare(each);
      const inputs = tensors.map(({ shape, dtype }, i) => input(`x${i}`, shape, dtype));
      const outputs = call(inputs) as readonly Value[];
      const graph = { inputs, outputs, updates: [] };
      verify(graph, each.op);
      const { outputs: found } = evaluate(graph, tensors, { precise: true });
      expectOutputs(found, each);
    });
  });

  describe(`${name}: the gradients equal central differences`, () => {
    const differentiable = cases.filter(({ gradient }) => gradient === true);
    test.each(differentiable.map((each) => [titleOf(each), each] as const))('%s', (_, each) => {
      const { tensors, call } = prepare(each);
      const wide = tensors.map((x) => (isFloat(x.dtype) ? new Tensor(convert(x.data, 'float64'), x.shape) : x));
      checkGradient(each.op, (values) => call(values)[0] as Value, wide, { rtol: 1e-5, atol: 1e-7 });
    });
  });

  describe(`${name}: a call on symbolic tensors is recorded as in Keras, and read again`, () => {
    const recorded = cases.filter((each) => each.node !== undefined);
    test.each(recorded.map((each) => [titleOf(each), each] as const))('%s', (_, each) => {
      const { tensors, call } = prepare(each);
      const symbols = tensors.map(({ shape, dtype }, i) => Input({ batchShape: shape, dtype, name: `x${i}` }));
      const outputs = call(symbols) as readonly KerasTensor[];
      const model = new Model({ inputs: symbols, outputs });
      const config = JSON.parse(JSON.stringify(model.getConfig())) as Config;
      const layers = config['layers'] as readonly Config[];
      const [node, ...more] = layers.filter((layer) => layer['class_name'] !== 'InputLayer');
      expect(more).toEqual([]);
      const { name: _name, ...options } = node!['config'] as Record<string, unknown>;
      expect({ module: node!['module'], class_name: node!['class_name'], config: options }).toEqual(each.node);
      expectOutputs(predictByReference(Model.fromConfig(config), tensors), each);
    });
  });
}
