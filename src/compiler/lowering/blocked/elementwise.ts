import { sameShape, sizeOf } from '../../../core/shape.ts';
import type { PrimitiveOf } from '../../ir/primitives.ts';
import type { Node, Value } from '../../ir/value.ts';
import { type Images, fromBlocks, shapeInBlocks, toBlocks } from '../emit/blocked-values.ts';
import { elementwiseRules } from '../rules/elementwise.ts';
import { emitAffine } from './affine.ts';
import type { BlockedContext, BlockedForm, BlockedRule, BlockedRules, FormContext } from './rule.ts';

type Unary =
  | 'negate'
  | 'abs'
  | 'sign'
  | 'floor'
  | 'exp'
  | 'log'
  | 'sqrt'
  | 'reciprocal'
  | 'sin'
  | 'cos'
  | 'tanh'
  | 'erf'
  | 'sigmoid'
  | 'softplus'
  | 'relu'
  | 'step'
  | 'stopGradient';
type Binary = 'add' | 'subtract' | 'multiply' | 'divide' | 'power' | 'maximum' | 'minimum';

/** The operator of each binary primitive. */
const OPERATORS: { readonly [P in Binary]: string } = {
  add: 'Add',
  subtract: 'Sub',
  multiply: 'Mul',
  divide: 'Div',
  power: 'Pow',
  maximum: 'Max',
  minimum: 'Min',
};

/** Whether an operand is one number, or one number per channel of the images. */
export function isCoefficient(value: Value, images: Images): boolean {
  const size = sizeOf(value.knownShape);
  if (size === 1) return true;
  const axis = images.channelAxis - (images.shape.length - value.rank);
  return size === images.channels && value.shape[axis] === size;
}

function formOf(node: Node<PrimitiveOf<'elementwise'>>, { imagesOf }: FormContext): BlockedForm | null {
  const [result] = node.outputs;
  const images = imagesOf(result);
  if (images === null) return null;
  const reads = node.inputs.map((value) => sameShape(value.shape, images.shape));
  const fits = node.inputs.every((value, i) =>
    reads[i] === true ? imagesOf(value)?.channelAxis === images.channelAxis : isCoefficient(value, images),
  );
  if (!fits || !reads.includes(true)) return null;
  const isPerChannel = node.inputs.some((value, i) => reads[i] === false && sizeOf(value.knownShape) > 1);
  const work = isPerChannel
    ? 'perChannel'
    : new Set(node.inputs).size === 1 || reads.includes(false)
      ? 'unary'
      : 'binary';
  return { images, reads, writes: true, work };
}

const unary = <P extends Unary>(primitive: P): BlockedRule<P> => ({
  form: formOf,
  lower: (context) => {
    const { builder, images } = context;
    const x = toBlocks(builder, context.inputs[0], images);
    // The rules of unary primitives differ in their types alone.
    const plain = elementwiseRules[primitive] as unknown as (context: object) => readonly [string];
    const [y] = plain({ ...context, inputs: [x] });
    return [fromBlocks(builder, y, images)] as never;
  },
});

const binary = <P extends Binary>(primitive: P): BlockedRule<P> => ({
  form: formOf,
  lower: (given) => {
    // Binary primitives differ in their names alone.
    const context = given as unknown as Context;
    const affine = emitAsAffine(primitive, context);
    if (affine !== null) return [affine] as never;
    const { builder, images } = context;
    const operands = context.operands.map((value, i) => emitOperand(context, value, context.inputs[i] ?? ''));
    const y = builder.emit(OPERATORS[primitive], operands);
    return [fromBlocks(builder, y, images)] as never;
  },
});

type Context = Omit<BlockedContext<Binary>, 'attributes'>;

/** An operation with one number per channel as a map that can be joined with the operations after it; null for others. */
function emitAsAffine(primitive: Binary, context: Context): string | null {
  const { builder, images, operands, inputs, epilogue } = context;
  const [a, b] = operands;
  const isWide = (value: Value): boolean => sameShape(value.shape, images.shape);
  const isPerChannel = (value: Value): boolean => !isWide(value) && sizeOf(value.knownShape) === images.channels;
  const flip = isPerChannel(a) && isWide(b) && (primitive === 'add' || primitive === 'multiply');
  const [x, coefficient] = flip ? [inputs[1], inputs[0]] : [inputs[0], inputs[1]];
  if (!flip && !(isWide(a) && isPerChannel(b))) return null;
  switch (primitive) {
    case 'add':
      return emitAffine(builder, x, images, { offset: coefficient }, epilogue);
    case 'subtract':
      return emitAffine(builder, x, images, { offset: builder.emitOnce('Neg', [coefficient]) }, epilogue);
    case 'multiply':
      return emitAffine(builder, x, images, { scale: coefficient }, epilogue);
    default:
      return null;
  }
}

/** An operand as the operator reads it: images in blocks, a number, or the numbers of the channels repeated over an image. */
function emitOperand({ builder, images, block }: Context, value: Value, name: string): string {
  if (sameShape(value.shape, images.shape)) return toBlocks(builder, name, images);
  if (sizeOf(value.knownShape) === 1) return builder.reshape(name, []);
  const [, channels = 1, height = 1, width = 1] = shapeInBlocks(images);
  const column = builder.reshape(name, [channels / block, 1, block]);
  const repeated = builder.emitOnce('Expand', [column, builder.integers([channels / block, height * width, block])]);
  return builder.reshape(repeated, [channels, height, width]);
}

export const elementwiseBlockedRules: BlockedRules = {
  negate: unary('negate'),
  abs: unary('abs'),
  sign: unary('sign'),
  floor: unary('floor'),
  exp: unary('exp'),
  log: unary('log'),
  sqrt: unary('sqrt'),
  reciprocal: unary('reciprocal'),
  sin: unary('sin'),
  cos: unary('cos'),
  tanh: unary('tanh'),
  erf: unary('erf'),
  sigmoid: unary('sigmoid'),
  softplus: unary('softplus'),
  relu: unary('relu'),
  step: unary('step'),
  stopGradient: unary('stopGradient'),
  add: binary('add'),
  subtract: binary('subtract'),
  multiply: binary('multiply'),
  divide: binary('divide'),
  power: binary('power'),
  maximum: binary('maximum'),
  minimum: binary('minimum'),
};
