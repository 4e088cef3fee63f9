import * as ort from 'onnxruntime-node';
import type { InferenceSession } from 'onnxruntime-node';
import { encodeModel } from '../../src/compiler/onnx/codec.ts';
import { type OnnxModel, type OnnxTensor, int64Tensor } from '../../src/compiler/onnx/index.ts';
import type { OperatorTable } from '../../src/compiler/lowering/legalize/operator-key.ts';
import { DATA_TYPES, type ProbeCase, type ProbeInput, type ProbedDType, probeCases } from './cases.ts';

const PROBED_DTYPES = Object.keys(DATA_TYPES) as readonly ProbedDType[];

const size = (shape: readonly number[]): number => shape.reduce((product, length) => product * length, 1);

/** Small positive numbers, of which some are equal. */
function numbers(count: number, seed: number, dtype: ProbedDType): readonly number[] {
  const raw = Array.from({ length: count }, (_, i) => ((i * 7 + seed * 3) % 11) + 1);
  if (dtype === 'bool') return raw.map((value) => value % 2);
  return dtype === 'float32' || dtype === 'float64' ? raw.map((value) => value / 4) : raw;
}

function engineTensor(dtype: ProbedDType, values: readonly number[], shape: readonly number[]): ort.Tensor {
  switch (dtype) {
    case 'float32':
      return new ort.Tensor('float32', Float32Array.from(values), shape);
    case 'float64':
      return new ort.Tensor('float64', Float64Array.from(values), shape);
    case 'int32':
      return new ort.Tensor('int32', Int32Array.from(values), shape);
    case 'int64':
      return new ort.Tensor('int64', BigInt64Array.from(values, BigInt), shape);
    default:
      return new ort.Tensor(dtype, Uint8Array.from(values), shape);
  }
}

function build(
  { key, domain = '', inputs, attributes = {}, outputs = [null] }: ProbeCase,
  dtype: ProbedDType,
): { model: OnnxModel; feeds: Record<string, ort.Tensor> } {
  const initializers: OnnxTensor[] = [];
  const infos: OnnxModel['graph']['inputs'][number][] = [];
  const feeds: Record<string, ort.Tensor> = {};
  const names = inputs.map((each: ProbeInput, i) => {
    if (each === null) return '';
    const name = `x${i}`;
    if ('integers' in each) {
      initializers.push(int64Tensor(name, each.integers));
      return name;
    }
    const own = each.dtype ?? dtype;
    infos.push({ name, dataType: DATA_TYPES[own], dims: each.shape });
    feeds[name] = engineTensor(own, each.values ?? numbers(size(each.shape), i, own), each.shape);
    return name;
  });
  const results = outputs.map((_, i) => `y${i}`);
  const [opType = ''] = key.split(' ', 1);
  const model: OnnxModel = {
    irVersion: 10,
    opsetImports: [
      { domain: '', version: 21 },
      { domain: 'com.microsoft', version: 1 },
    ],
    producerName: '',
    producerVersion: '',
    metadata: {},
    graph: {
      name: 'probe',
      nodes: [{ name: 'probed', opType, domain, inputs: names, outputs: results, attributes }],
      initializers,
      inputs: infos,
      outputs: results.map((name, i) => ({ name, dataType: DATA_TYPES[outputs[i] ?? dtype], dims: null })),
    },
  };
  return { model, feeds };
}

async function run(
  bytes: Uint8Array,
  feeds: Record<string, ort.Tensor>,
  options: InferenceSession.SessionOptions,
): Promise<readonly (readonly number[])[]> {
  const session = await ort.InferenceSession.create(bytes, {
    logSeverityLevel: 4,
    graphOptimizationLevel: 'disabled',
    ...options,
  });
  try {
    const results = await session.run(feeds, { logSeverityLevel: 4 });
    return session.outputNames.map((name) => Array.from(results[name]?.data as ArrayLike<number | bigint>, Number));
  } finally {
    await session.release();
  }
}

const ON_GPU: InferenceSession.SessionOptions = {
  executionProviders: [{ name: 'webgpu' }],
  extra: { session: { disable_cpu_ep_fallback: '1' } },
};

/** Whether the provider runs an operator for a dtype and computes what the CPU does, if that implements it. */
async function runs(one: ProbeCase, dtype: ProbedDType): Promise<boolean> {
  const { model, feeds } = build(one, dtype);
  const bytes = encodeModel(model);
  const expected = await run(bytes, feeds, { executionProviders: ['cpu'] }).catch((error: unknown) => String(error));
  // ONNX defines the operator for other dtypes only.
  if (typeof expected === 'string' && !/NOT_IMPLEMENTED|Could not find an implementation/.test(expected)) return false;
  const actual = await run(bytes, feeds, ON_GPU).catch(() => null);
  if (actual === null || typeof expected === 'string') return actual !== null;
  const isClose = (value: number, found = NaN): boolean => Math.abs(value - found) <= 1e-3 * (1 + Math.abs(value));
  return expected.every((values, i) => values.every((value, j) => isClose(value, actual[i]?.[j])));
}

/**
 * The operators that the provider has, each with its dtypes.
 * @throws Error if there is no adapter
 */
export async function probeAll(
  dtypes: readonly ProbedDType[] = PROBED_DTYPES,
  isProbed: (key: string) => boolean = () => true,
): Promise<OperatorTable> {
  // The engine keeps the device as long as a session needs it.
  const device = await ort.InferenceSession.create(
    encodeModel(build({ key: 'Sqrt', inputs: [{ shape: [1] }] }, 'float32').model),
    { logSeverityLevel: 4, ...ON_GPU },
  );
  const table: Record<string, readonly string[]> = {};
  for (const one of probeCases.filter(({ key }) => isProbed(key))) {
    const found: string[] = [];
    // An operator must pass all of its cases.
    const candidates = table[one.key] ?? dtypes;
    for (const dtype of dtypes) if (candidates.includes(dtype) && (await runs(one, dtype))) found.push(dtype);
    table[one.key] = found;
  }
  await device.release();
  return table;
}

/** The differences of two tables, one operator and dtype a line. */
export function differences(before: OperatorTable, after: OperatorTable): readonly string[] {
  const entries = (table: OperatorTable): readonly string[] =>
    Object.entries(table).flatMap(([key, dtypes]) => dtypes.map((dtype) => `${key} for ${dtype}`));
  const [old, current] = [new Set(entries(before)), new Set(entries(after))];
  return [
    ...[...old].filter((entry) => !current.has(entry)).map((entry) => `no longer: ${entry}`),
    ...[...current].filter((entry) => !old.has(entry)).map((entry) => `new: ${entry}`),
  ];
}
