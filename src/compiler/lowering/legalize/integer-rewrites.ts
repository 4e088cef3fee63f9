import { Tensor } from '../../../core/tensor.ts';
import { DataType, type OnnxNode, onnxTensor } from '../../onnx/index.ts';
import { type Rewrite, type RewriteContext, castTo, composed, scalar } from './rewrite.ts';

const { FLOAT, INT32 } = DataType;

/** Arithmetic in one dtype. */
class Arithmetic {
  readonly #context: RewriteContext;
  readonly #dataType: number;

  constructor(context: RewriteContext, dataType: number) {
    this.#context = context;
    this.#dataType = dataType;
  }

  #on =
    (opType: string) =>
    (...operands: readonly (string | number)[]): string =>
      this.#context.emit(
        opType,
        operands.map((each) => (typeof each === 'number' ? scalar(this.#context, each, this.#dataType) : each)),
      );

  readonly add = this.#on('Add');
  readonly subtract = this.#on('Sub');
  readonly multiply = this.#on('Mul');
  readonly divide = this.#on('Div');
  readonly maximum = this.#on('Max');
  readonly abs = this.#on('Abs');
  readonly floor = this.#on('Floor');
  readonly less = this.#on('Less');
  readonly select = this.#on('Where');
}

/** a − b · trunc(a / b): the engine's division of integers truncates. */
function integerRemainder([a, b]: readonly [string, string], context: RewriteContext, output: string): void {
  const { divide, multiply } = new Arithmetic(context, INT32);
  context.emit('Sub', [a, multiply(divide(a, b), b)], {}, output);
}

/**
 * The remainder of magnitudes, with the sign of a. The product of the quotient and |b| is made of parts with half of the digits, each of
 * which is exact, as long as the quotient has no more than 24 bits itself.
 */
function floatRemainder([a, b]: readonly [string, string], context: RewriteContext, output: string): void {
  const { add, subtract, multiply, divide, abs, floor, less, select } = new Arithmetic(context, FLOAT);
  const [x, y] = [abs(a), abs(b)];
  const quotient = floor(divide(x, y));
  const [q, d] = [quotient, y].map((whole) => {
    const shifted = multiply(whole, 4097);
    const high = subtract(shifted, subtract(shifted, whole));
    return { high, low: subtract(whole, high) };
  });
  let rest = x;
  for (const [i, j] of [
    ['high', 'high'],
    ['high', 'low'],
    ['low', 'high'],
    ['low', 'low'],
  ] as const) {
    // prettier-ignore
    rest = subtract(rest, multiply(q?.[i] ?? '', d?.[j] ?? ''));
  }
  // The quotient was rounded before it was cut off.
  const positive = select(less(rest, 0), add(rest, y), rest);
  const proper = select(less(positive, y), positive, subtract(positive, y));
  // An infinite b has no parts.
  const magnitude = select(less(x, y), x, proper);
  context.emit('Where', [less(a, 0), context.emit('Neg', [magnitude]), magnitude], {}, output);
}

const BYTES = 4;
const BYTE = 256;

/** The AND of two bytes at their place in a table of all pairs. */
const andOfBytes = (): Tensor =>
  new Tensor(
    Int32Array.from({ length: BYTE * BYTE }, (_, i) => (i >> 8) & i),
    [BYTE * BYTE],
  );

/** The bytes of an int32, the lowest first, as numbers. */
function bytesOf(x: string, context: RewriteContext): readonly string[] {
  const { subtract, multiply, divide, maximum, less, select } = new Arithmetic(context, INT32);
  // ⌊x / 2⁸ᵏ⌋ of a negative x is −1 − ⌊(−1 − x) / 2⁸ᵏ⌋, in which division truncates a number that is not negative.
  const isNegative = less(x, 0);
  let magnitude = maximum(x, subtract(-1, x));
  const floors = [x];
  for (let i = 1; i < BYTES; i++) {
    magnitude = divide(magnitude, BYTE);
    floors.push(select(isNegative, subtract(-1, magnitude), magnitude));
  }
  const above = select(isNegative, -1, 0);
  return floors.map((value, i) => subtract(value, multiply(floors[i + 1] ?? above, BYTE)));
}

function bitwiseAnd([a, b]: readonly [string, string], context: RewriteContext, output: string): void {
  const { add, multiply } = new Arithmetic(context, INT32);
  const table = context.constant((name) => onnxTensor(name, andOfBytes()));
  const [left, right] = [bytesOf(a, context), bytesOf(b, context)];
  const parts = left.map((byte, i) => {
    const and = context.emit('Gather', [table, add(multiply(byte, BYTE), right[i] ?? '')]);
    return i === 0 ? and : multiply(and, BYTE ** i);
  });
  const [first = '', second = '', third = '', last = ''] = parts;
  // The highest byte wraps into the sign.
  context.emit('Add', [add(add(first, second), third), last], {}, output);
}

/** Elements of int32 in two halves, each of which float32 holds. */
function gatherHalves({ inputs, outputs, attributes }: OnnxNode, context: RewriteContext): void {
  const { subtract, multiply, divide } = new Arithmetic(context, INT32);
  const [x = '', indices = ''] = inputs;
  const high = divide(x, BYTE ** 2);
  const low = subtract(x, multiply(high, BYTE ** 2));
  const [gatheredHigh = '', gatheredLow = ''] = [high, low].map((half) => {
    const float = context.emit('Cast', [half], castTo(FLOAT));
    return context.emit('Cast', [context.emit('GatherElements', [float, indices], attributes)], castTo(INT32));
  });
  const product = multiply(gatheredHigh, BYTE ** 2);
  context.emit('Add', [product, gatheredLow], {}, outputs[0] ?? '');
}

const isInt32 = (dtype: string): boolean => dtype === 'int32';

/** The operators on integers, and remainders, that an engine may lack. */
export const integerRewrites: readonly Rewrite[] = [
  composed('Mod', isInt32, (operands, context, _, output) => {
    integerRemainder(operands, context, output);
  }),
  composed(
    'Mod',
    (dtype) => dtype === 'float32',
    (operands, context, _, output) => {
      floatRemainder(operands, context, output);
    },
  ),
  composed('BitwiseAnd', isInt32, (operands, context, _, output) => {
    bitwiseAnd(operands, context, output);
  }),
  // a | b = a + b − (a & b), and a ^ b = a + b − 2 (a & b), modulo 2³².
  composed('BitwiseOr', isInt32, ([a, b], context, _, output) => {
    context.emit('Sub', [context.emit('Add', [a, b]), context.emit('BitwiseAnd', [a, b])], {}, output);
  }),
  composed('BitwiseXor', isInt32, ([a, b], context, _, output) => {
    const and = context.emit('BitwiseAnd', [a, b]);
    context.emit('Sub', [context.emit('Add', [a, b]), context.emit('Add', [and, and])], {}, output);
  }),
  {
    opType: 'GatherElements',
    applies: (_, dtype) => isInt32(dtype),
    apply: gatherHalves,
  },
];
