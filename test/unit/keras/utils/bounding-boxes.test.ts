import { Tensor, type Value, utils } from 'evenkeel';
import { describe, expect, test } from 'vitest';
import { expectClose } from '../../../support/close.ts';
import { type GoldenArray, loadGolden } from '../../../support/golden.ts';
import { evaluateFunction } from '../../../support/gradient-check.ts';

const { boundingBoxes } = utils;

/** The fields are described in test/golden/make/bounding_boxes.py. */
interface Case {
  readonly name: string;
  readonly arrays?: Readonly<Record<string, GoldenArray>>;
  readonly arguments: readonly unknown[];
  readonly options: Readonly<Record<string, unknown>>;
  readonly result: GoldenArray;
  readonly labels?: GoldenArray;
}

const [table, ...cases] = loadGolden<Case>('bounding-boxes').cases;

const arrayOf = (name: string): Tensor => {
  const { data, shape } = table!.arrays![name]!;
  return new Tensor(Float32Array.from(data as ArrayLike<number>), shape);
};

const functions = boundingBoxes as unknown as Readonly<Record<string, (...args: readonly unknown[]) => unknown>>;

function expectGolden(actual: Tensor, expected: GoldenArray): void {
  expect(actual.shape).toEqual(expected.shape);
  expectClose(actual.data, expected.data, { rtol: 1e-5 });
}

/** Runs a function on arrays, as values of a graph. */
const run = (fn: (...values: readonly Value[]) => unknown, tensors: readonly Tensor[]): Tensor =>
  evaluateFunction((values) => fn(...values) as Value, tensors);

describe('the boxes of Keras', () => {
  test.each(cases.map((each, i) => [`${each.name}(${each.arguments.join(', ')}) of case ${i}`, each] as const))(
    'boundingBoxes.%s are those of Keras',
    (_, { name, arguments: args, options, result, labels }) => {
      const isArray = (argument: unknown): argument is string =>
        typeof argument === 'string' && Object.hasOwn(table!.arrays!, argument);
      const tensors = args.filter(isArray).map(arrayOf);
      if (name === 'clipToImageSize') {
        const clip = (key: 'boxes' | 'labels'): Tensor =>
          run(
            (boxes, given) => boundingBoxes.clipToImageSize({ boxes: boxes, labels: given }, options)[key],
            [...tensors, arrayOf('labels')],
          );
        expectGolden(clip('boxes'), result);
        expectGolden(clip('labels'), labels!);
        return;
      }
      const call = (...values: readonly Value[]): unknown => {
        const rest = [...values];
        return functions[name]!(...args.map((argument) => (isArray(argument) ? rest.shift() : argument)), options);
      };
      expectGolden(run(call, tensors), result);
    },
  );
});

const boxes = new Tensor(Float32Array.of(0, 0, 2, 2), [1, 4]);
const batch = new Tensor(Float32Array.of(0, 0, 2, 1, 4, 4, 5, 5), [2, 1, 4]);

describe('boundingBoxes', () => {
  test('boundingBoxes.convertFormat converts the boxes of a record, and keeps its other entries', () => {
    const record = { boxes: [[0, 0, 2, 4]], labels: [1], id: 7 };
    const converted = boundingBoxes.convertFormat(record, 'XYXY' as 'xyxy', 'xywh', { dtype: 'float64' });
    expect(converted).toMatchObject({ labels: [1], id: 7 });
    expect(converted.boxes.dtype).toBe('float64');
  });

  test('boundingBoxes.computeIou masks boxes of different ranks, which Keras does not', () => {
    const masked = new Tensor(Float32Array.of(-1, -1, -1, -1), [1, 4]);
    const options = { useMasking: true, maskVal: -2 };
    const iou = (a: Tensor, b: Tensor): Tensor =>
      run((x, y) => boundingBoxes.computeIou(x, y, 'xyxy', options), [a, b]);
    expect(iou(masked, batch).toArray()).toEqual([[[-2]], [[-2]]]);
    expect(iou(batch, masked).toArray()).toEqual([[[-2]], [[-2]]]);
  });

  test('boundingBoxes.decodeDeltasToBoxes is the inverse of encodeBoxToDeltas, for records of levels too', () => {
    const decoded = run(
      (given) => {
        const deltas = boundingBoxes.encodeBoxToDeltas(boxes, given, 'xyxy', 'xyxy', { variance: [1, 2, 3, 4] });
        const levels = boundingBoxes.decodeDeltasToBoxes({ P3: boxes }, { P3: deltas }, 'xyxy', 'xyxy', {
          variance: [1, 2, 3, 4],
        });
        return levels['P3'];
      },
      [batch],
    );
    expectClose(decoded.data, batch.data, { rtol: 1e-6 });
  });

  test('boundingBoxes.affineTransform accepts boxes without a batch, and numbers of all boxes', () => {
    const moved = run((x) => boundingBoxes.affineTransform(x, 0, 0, 0, 2, 0, 0, 9, 9), [boxes]);
    expectClose(moved.data, [-4, -4, 0, 0], { rtol: 1e-6 });
  });

  test('boundingBoxes.computeCiou accepts relative formats with the size of the image', () => {
    const ciou = (format: 'xyxy' | 'rel_xyxy'): Tensor =>
      run((a, b) => boundingBoxes.computeCiou(a, b, format, { imageShape: [1, 1, 3] }), [boxes, batch]);
    expect(ciou('rel_xyxy').toArray()).toEqual(ciou('xyxy').toArray());
  });

  const list = [[0, 0, 1, 1]];
  const anyOf = (options: object): never => options as never;

  test.each([
    [
      () => boundingBoxes.convertFormat([[1, 2]], 'xyxy', 'xywh'),
      '[utils.boundingBoxes.convertFormat] the last axis of boxes must have 4 entries. Received: shape=[1, 2].',
    ],
    [
      () => boundingBoxes.convertFormat(list, 'xyxy', 'rel_xywh', { height: 2 }),
      '[utils.boundingBoxes.convertFormat] relative formats need the height and the width of the images. Received: source="xyxy", target="rel_xywh", height=2, width=null.',
    ],
    [
      () => boundingBoxes.convertFormat(list, 'xy' as never, 'xywh'),
      '[utils.boundingBoxes.convertFormat] source must be one of xyxy, yxyx,',
    ],
    [
      () => boundingBoxes.clipToImageSize({ boxes: list }),
      '[utils.boundingBoxes.clipToImageSize] "xyxy" needs the height and the width of the images. Received: height=null, width=null.',
    ],
    [
      () => boundingBoxes.clipToImageSize({ boxes: list }, anyOf({ boundingBoxFormat: 'xywh' })),
      '[utils.boundingBoxes.clipToImageSize] boundingBoxFormat must be "xyxy" or "rel_xyxy". Received: boundingBoxFormat="xywh".',
    ],
    [
      () => boundingBoxes.clipToImageSize(anyOf(list)),
      '[utils.boundingBoxes.clipToImageSize] the argument must be a record with boxes. Received: ',
    ],
    [
      () => boundingBoxes.crop(list, 1, 1, 1, 1, anyOf({ boundingBoxFormat: 'xywh' })),
      '[utils.boundingBoxes.crop] boundingBoxFormat must be "xyxy". Received: boundingBoxFormat="xywh". Convert the boxes: utils.boundingBoxes.convertFormat.',
    ],
    [
      () => boundingBoxes.affineTransform(list, [1, 2], 0, 0, 1, 0, 0, 2, 2),
      '[utils.boundingBoxes.affineTransform] angle must be a number, or one for each image of boxes [batch, boxes, 4]. Received: shape=[2] with boxes [1, 4].',
    ],
    [
      () => boundingBoxes.encodeBoxToDeltas(list, list, 'xyxy', 'xyxy', { variance: [1] }),
      '[utils.boundingBoxes.encodeBoxToDeltas] variance must be four finite numbers. Received: variance=[1].',
    ],
    [
      () => boundingBoxes.encodeBoxToDeltas(list, list, 'rel_xyxy', 'xyxy', anyOf({ imageShape: [2, 3] })),
      '[utils.boundingBoxes.encodeBoxToDeltas] imageShape must be [height, width, channels], sizes > 0. Received: imageShape=[2, 3].',
    ],
    [
      () => boundingBoxes.decodeDeltasToBoxes({ P3: list }, { P4: list }, 'xyxy', 'xyxy'),
      '[utils.boundingBoxes.decodeDeltasToBoxes] each level of anchors must have deltas. Received: none of level "P3".',
    ],
    [
      () => boundingBoxes.decodeDeltasToBoxes({ P3: list }, anyOf(list), 'xyxy', 'xyxy'),
      '[utils.boundingBoxes.decodeDeltasToBoxes] anchors and boxesDelta must both be records by level, or neither.',
    ],
    [
      () => boundingBoxes.computeIou([0, 0, 1, 1], list, 'xyxy'),
      '[utils.boundingBoxes.computeIou] boxes1 must be of shape [boxes, 4] or [batch, boxes, 4]. Received: shape=[4].',
    ],
  ])('boundingBoxes refuses what has no boxes (%#)', (call, message) => {
    expect(call).toThrow(message);
  });
});
