import { ValueError, show } from '../../../core/errors.ts';
import { type KnownShape, type Shape, isKnown, showShape } from '../../../core/shape.ts';

/** The shapes of the weights of an EinsumDense layer. */
export interface EinsumShapes {
  readonly kernel: KnownShape;
  /** null for no bias. */
  readonly bias: KnownShape | null;
  /** The axes of the kernel that are summed over. */
  readonly inputAxes: readonly number[];
  /** The axes of the kernel that the output has. */
  readonly outputAxes: readonly number[];
}

/** The forms of equations: without an ellipsis, with one on the left, and with one on the right. */
const FORMS = [
  /^([a-zA-Z]+),([a-zA-Z]+)->([a-zA-Z]+)$/,
  /^\.\.\.([a-zA-Z]+),([a-zA-Z]+)->\.\.\.([a-zA-Z]+)$/,
  /^([a-zA-Z]{2,})\.\.\.,([a-zA-Z]+)->([a-zA-Z]+)\.\.\.$/,
];

/**
 * Finds the shapes of the weights from the equation, the shape of the input, and that of the output without the batch,
 * in which null stands for the size of the input.
 *
 * @throws ValueError if the equation has another form, or does not fit the shapes.
 */
export function analyzeEinsum(
  who: string,
  equation: string,
  biasAxes: string | null,
  inputShape: Shape,
  partialOutputShape: Shape,
): EinsumShapes {
  const form = FORMS.findIndex((pattern) => pattern.test(equation));
  const [, input = '', weight = '', output = ''] = FORMS[form]?.exec(equation) ?? [];
  if (form < 0) {
    throw new ValueError(
      `[${who}] equation must have the form "X,Y->Z", "...X,Y->...Z" or "X...,Y->Z...". Received: equation=${show(equation)}.`,
    );
  }
  const elided = inputShape.length - input.length;
  if (elided < 0 || (elided > 0 && form === 0)) {
    throw new ValueError(
      `[${who}] equation must have a letter for each axis of the input. Received: equation=${show(equation)}, an input of shape ${showShape(inputShape)}.`,
    );
  }
  const isLeft = form === 1;
  const sizesOf = (letters: string, shape: Shape): ReadonlyMap<string, number | null> => {
    const skipped = isLeft ? elided : 0;
    return new Map(Array.from(letters, (letter, i) => [letter, shape[i + skipped] ?? null]));
  };
  const fullOutput = [
    inputShape[0] ?? null,
    ...(isLeft ? inputShape.slice(1, Math.max(1, elided)) : []),
    ...partialOutputShape,
    ...(form === 2 ? inputShape.slice(inputShape.length - elided) : []),
  ];
  const [inputSizes, outputSizes] = [sizesOf(input, inputShape), sizesOf(output, fullOutput)];
  for (const [letter, size] of inputSizes) {
    const wanted = outputSizes.get(letter) ?? null;
    if (wanted === null || size === wanted) continue;
    throw new ValueError(
      `[${who}] an axis of the input that the output has must have one size. Received: ${show(size)} and ${wanted} for ${show(letter)}, of an input of shape ${showShape(inputShape)} and outputShape=${show(partialOutputShape)}.`,
    );
  }
  const strange = Array.from(output).find((letter) => !input.includes(letter) && !weight.includes(letter));
  const unmatched = Array.from(weight).find((letter) => !input.includes(letter) && !output.includes(letter));
  if (strange !== undefined || unmatched !== undefined) {
    throw new ValueError(
      `[${who}] each letter of the output must be in the input or the weight, and each of the weight in the input or the output. Received: ${show(strange ?? unmatched)} in equation=${show(equation)}.`,
    );
  }
  const letters = Array.from(weight);
  const kernel = letters.map((letter) => (outputSizes.has(letter) ? outputSizes : inputSizes).get(letter) ?? null);
  const axes = (isOutput: boolean): readonly number[] =>
    letters.flatMap((letter, axis) => (output.includes(letter) === isOutput ? [axis] : []));
  return {
    kernel: checkKnown(who, kernel, inputShape, partialOutputShape),
    bias: biasShape(who, biasAxes, output, outputSizes, isLeft ? 0 : elided),
    inputAxes: axes(false),
    outputAxes: axes(true),
  };
}

function checkKnown(who: string, shape: Shape, inputShape: Shape, outputShape: Shape): KnownShape {
  if (isKnown(shape)) return shape;
  throw new ValueError(
    `[${who}] the sizes of the axes of the kernel must be known. Received: inputShape=${showShape(inputShape)}, outputShape=${show(outputShape)}.`,
  );
}

/** The sizes of the axes with a bias from the first of them on; the other axes have size 1. */
function biasShape(
  who: string,
  biasAxes: string | null,
  output: string,
  sizes: ReadonlyMap<string, number | null>,
  trailing: number,
): KnownShape | null {
  if (biasAxes === null || biasAxes === '') return null;
  const wrong = Array.from(biasAxes).find((letter) => !output.includes(letter));
  if (wrong !== undefined) {
    throw new ValueError(
      `[${who}] biasAxes must be letters of the output. Received: ${show(wrong)} in biasAxes=${show(biasAxes)}, an output ${show(output)}.`,
    );
  }
  const first = Math.min(...Array.from(biasAxes, (letter) => output.indexOf(letter)));
  const shape = Array.from(output.slice(first), (letter) =>
    biasAxes.includes(letter) ? (sizes.get(letter) ?? null) : 1,
  );
  return checkKnown(who, [...shape, ...new Array<number>(trailing).fill(1)], [], shape);
}
