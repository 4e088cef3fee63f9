import { type OnnxAttribute, DataType } from '../../src/compiler/onnx/index.ts';

/** The dtypes for which operators are probed. */
export type ProbedDType = 'float32' | 'int32' | 'bool' | 'uint8' | 'int64' | 'float64';

/** ONNX's codes of the dtypes that are probed. */
export const DATA_TYPES: Readonly<Record<ProbedDType, number>> = {
  float32: DataType.FLOAT,
  int32: DataType.INT32,
  bool: DataType.BOOL,
  uint8: DataType.UINT8,
  int64: DataType.INT64,
  float64: DataType.DOUBLE,
};

/** An input of the probed node: one of the probed dtype, one of another dtype, or a constant of int64. */
export type ProbeInput =
  | {
      readonly shape: readonly number[];
      readonly dtype?: 'bool' | 'int32' | 'int64';
      readonly values?: readonly number[];
    }
  | { readonly integers: readonly number[] }
  | null;

/** One operator in one form. */
export interface ProbeCase {
  /** The operator and its form as the table of operators names them. */
  readonly key: string;
  readonly domain?: string;
  readonly inputs: readonly ProbeInput[];
  readonly attributes?: Readonly<Record<string, OnnxAttribute>>;
  /** The dtype of each output; null is the probed one. @default one of the probed dtype */
  readonly outputs?: readonly (ProbedDType | null)[];
}

const of = (...shape: readonly number[]): ProbeInput => ({ shape });
const integers = (...values: readonly number[]): ProbeInput => ({ integers: values });
const int = (value: number): OnnxAttribute => ({ type: 'int', value });
const float = (value: number): OnnxAttribute => ({ type: 'float', value });
const ints = (...value: readonly number[]): OnnxAttribute => ({ type: 'ints', value });
const string = (value: string): OnnxAttribute => ({ type: 'string', value });

const case_ = (
  key: string,
  inputs: readonly ProbeInput[],
  attributes: Readonly<Record<string, OnnxAttribute>> = {},
  rest: Partial<ProbeCase> = {},
): ProbeCase => ({ key, inputs, attributes, ...rest });

const matrix = of(3, 4);

/** A window of two on each of `rank` spatial axes of an image with four channels. */
function windows(rank: number): readonly ProbeCase[] {
  const image = of(2, 4, ...Array.from({ length: rank }, () => 5));
  const pooled = of(2, 4, ...Array.from({ length: rank }, () => 4));
  const kernel = Array.from({ length: rank }, () => 2);
  const shape = { kernel_shape: ints(...kernel) };
  const convolution = (group: number): Readonly<Record<string, OnnxAttribute>> => ({ ...shape, group: int(group) });
  return [
    case_(`Conv ${rank}-D`, [image, of(6, 4, ...kernel)], convolution(1)),
    case_(`Conv ${rank}-D grouped`, [image, of(6, 2, ...kernel)], convolution(2)),
    case_(`ConvTranspose ${rank}-D`, [pooled, of(4, 6, ...kernel)], convolution(1)),
    case_(`ConvTranspose ${rank}-D grouped`, [pooled, of(4, 3, ...kernel)], convolution(2)),
    case_(`MaxPool ${rank}-D`, [image], shape),
    case_(`MaxPool ${rank}-D with indices`, [image], shape, { outputs: [null, 'int64'] }),
    case_(`AveragePool ${rank}-D`, [image], shape),
  ];
}

/** Comparisons and tests result in booleans. */
const resultOf = (op: string): Partial<ProbeCase> => (/^(Is|Equal|Greater|Less)/.test(op) ? { outputs: ['bool'] } : {});

const normalization = [of(2, 4, 3), of(4), of(4), of(4), of(4)];

/** The operators that lowering emits, some in several cases, and those that a rule for them might use instead. */
export const probeCases: readonly ProbeCase[] = [
  ...[
    'Abs', 'Atan', 'Ceil', 'Cos', 'Erf', 'Exp', 'Floor', 'HardSigmoid', 'Identity', 'IsInf', 'IsNaN', 'Log', 'Neg', 'Not',
    'Reciprocal', 'Relu', 'Round', 'Selu', 'Sigmoid', 'Sign', 'Sin', 'Softplus', 'Softsign', 'Sqrt', 'Tanh',
  ].map((op) => case_(op, [matrix], {}, resultOf(op))), // prettier-ignore
  ...[
    'Add', 'And', 'BitwiseAnd', 'BitwiseOr', 'BitwiseXor', 'Div', 'Equal', 'Greater', 'GreaterOrEqual', 'Less', 'LessOrEqual', 'Max', 'Min', 'Mod', 'Mul', 'Or',
    'Sub', 'Xor',
  ].map((op) => case_(op, [matrix, of(4)], op === 'Mod' ? { fmod: int(1) } : {}, resultOf(op))), // prettier-ignore
  ...Object.entries(DATA_TYPES).map(([name, to]) =>
    case_(`Cast to ${name}`, [matrix], { to: int(to) }, { outputs: [name as ProbedDType] }),
  ),
  case_('Pow', [matrix, { shape: [4], values: [2, 0, 3, 1] }]),
  case_('Where', [{ shape: [3, 4], dtype: 'bool' }, matrix, of(4)]),
  case_('Clip', [matrix, of(), { shape: [], values: [2] }]),

  case_('Concat', [matrix, of(2, 4)], { axis: int(0) }),
  case_(
    'Concat of many',
    Array.from({ length: 40 }, () => of(2, 4)),
    { axis: int(0) },
  ),
  case_('Expand', [of(3, 1), integers(2, 3, 4)]),
  case_('Expand', [of(), integers(3)]),
  case_('Pad', [matrix, integers(1, 0, 2, 1)]),
  case_('Reshape', [matrix, integers(2, 6)]),
  case_('Shape', [matrix], {}, { outputs: ['int64'] }),
  case_('Slice', [matrix, integers(0, 1), integers(3, 4), integers(0, 1), integers(2, 1)]),
  case_('Slice 6-D', [of(2, 2, 3, 2, 3, 2), integers(1), integers(3), integers(4), integers(1)]),
  case_('Slice backwards', [matrix, integers(-1), integers(-9), integers(1), integers(-1)]),
  case_('Split', [matrix, integers(1, 2)], { axis: int(0) }, { outputs: [null, null] }),
  case_(
    'Split into many',
    [of(40, 2), integers(...Array.from({ length: 40 }, () => 1))],
    { axis: int(0) },
    {
      outputs: Array.from({ length: 40 }, () => null),
    },
  ),
  case_('Transpose', [of(2, 3, 4)], { perm: ints(2, 0, 1) }),
  case_('Transpose 6-D', [of(2, 2, 3, 2, 3, 2)], { perm: ints(5, 3, 1, 0, 2, 4) }),
  case_('Gather', [of(5, 3), { shape: [2, 2], dtype: 'int32', values: [4, 0, 1, 4] }], { axis: int(0) }),
  case_('GatherElements', [of(5, 3), { shape: [2, 3], dtype: 'int32', values: [4, 0, 1, 4, 2, 3] }], { axis: int(0) }),
  case_('GatherElements', [of(5, 3), { shape: [2, 3], dtype: 'int64', values: [4, 0, 1, 4, 2, 3] }], { axis: int(0) }),
  case_('ScatterND', [of(5, 3), { shape: [2, 1], dtype: 'int64', values: [4, 0] }, of(2, 3)]),
  ...['add', 'mul', 'max', 'min'].map((reduction) =>
    case_(`ScatterND ${reduction}`, [of(5, 3), { shape: [3, 1], dtype: 'int64', values: [4, 0, 4] }, of(3, 3)], {
      reduction: string(reduction),
    }),
  ),
  case_('ScatterElements add', [of(5), { shape: [3], dtype: 'int64', values: [4, 0, 4] }, of(3)], {
    reduction: string('add'),
  }),
  case_('ScatterElements add int32', [of(5), { shape: [3], dtype: 'int32', values: [4, 0, 4] }, of(3)], {
    reduction: string('add'),
  }),
  case_('OneHot', [{ shape: [3], dtype: 'int64', values: [1, 0, 2] }, integers(3), of(2)]),
  case_('Resize nearest', [of(1, 2, 3, 4), null, null, integers(1, 2, 6, 8)], {
    mode: string('nearest'), coordinate_transformation_mode: string('asymmetric'), nearest_mode: string('floor'),
  }), // prettier-ignore
  case_('CumSum', [matrix, integers(1)]),
  case_('Einsum', [matrix, of(4, 2)], { equation: string('ij,jk->ik') }),
  case_('TopK', [matrix, integers(2)], {}, { outputs: [null, 'int64'] }),

  ...['ReduceSum', 'ReduceMean', 'ReduceMax', 'ReduceMin', 'ReduceSumSquare', 'ReduceProd'].flatMap((op) => [
    case_(op, [of(2, 3, 4), integers(0, 2)], { keepdims: int(0) }),
    case_(`${op} 6-D`, [of(2, 2, 3, 2, 3, 2), integers(1, 3, 4)], { keepdims: int(0) }),
  ]),
  case_('ArgMax', [matrix], { axis: int(1), keepdims: int(0) }, { outputs: ['int64'] }),
  case_('Softmax', [matrix], { axis: int(1) }),
  case_('Softmax first axis', [matrix], { axis: int(0) }),
  case_('LogSoftmax', [matrix], { axis: int(1) }),

  case_('MatMul', [of(2, 3, 4), of(4, 2)]),
  case_('MatMul 5-D', [of(2, 1, 2, 3, 4), of(1, 2, 2, 4, 2)]),
  case_('Gemm', [of(4, 3), of(2, 4)], { transA: int(1), transB: int(1) }),
  case_('Gemm with a sum', [of(3, 4), of(4, 2), of(3, 2)], { alpha: float(-1) }),
  case_('FusedMatMul', [of(2, 4, 3), of(2, 4, 2)], { transA: int(1) }, { domain: 'com.microsoft' }),

  case_('BatchNormalization', normalization, { epsilon: float(0) }),
  case_(
    'BatchNormalization training',
    normalization,
    { epsilon: float(0.1), training_mode: int(1) },
    { outputs: [null, null, null] },
  ),
  case_('LayerNormalization', [matrix, of(4), of(4)], { axis: int(-1) }),
  case_('InstanceNormalization', [of(2, 4, 3), of(4), of(4)]),
  ...[1, 2, 3].flatMap(windows),
];
