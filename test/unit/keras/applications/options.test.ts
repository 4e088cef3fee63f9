import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { ValueError } from '../../../../src/core/errors.ts';
import { correctPad } from '../../../../src/keras/applications/blocks.ts';
import * as applications from '../../../../src/keras/applications/index.ts';
import { nameOf } from '../../../../src/keras/applications/mobilenet-sizes.ts';
import { Input } from '../../../../src/keras/layers/index.ts';
import { Model } from '../../../../src/keras/models/index.ts';
import { expectWarning, takeOutput } from '../../../support/fail-on-console.ts';
import { useKerasHome } from '../../../support/keras-home.ts';

const { MobileNet, MobileNetV2, MobileNetV3Small, NASNetLarge, NASNetMobile, ResNet50, VGG16, Xception } = applications;

const folder = useKerasHome();
afterEach(() => vi.unstubAllGlobals());

/** The smallest network. */
const SMALL = { alpha: 0.25, inputShape: [128, 128, 3] } as const;

/** Answers all requests with the bytes, and notes their addresses. */
function serve(bytes: Uint8Array): string[] {
  const asked: string[] = [];
  vi.stubGlobal('fetch', (url: string) => {
    asked.push(url);
    return Promise.resolve(new Response(bytes as Uint8Array<ArrayBuffer>));
  });
  return asked;
}

describe('a network without weights', () => {
  test('a network is returned at once, and names what is wrong at once', () => {
    const model = MobileNet({ ...SMALL, weights: null });
    expect(model).toBeInstanceOf(Model);
    expect(model.name).toBe('mobilenet_0.25_128');
    expect(() => MobileNet({ weights: null, alpha: 0 })).toThrow('[MobileNet] alpha must be > 0. Received: alpha=0.');
  });

  test.each<readonly [() => unknown, string]>([
    [
      () => ResNet50({ weights: null, inputShape: [31, 40, 3] }),
      '[ResNet50] the images must be at least 32×32. Received: inputShape=[31, 40, 3].',
    ],
    [
      () => Xception({ weights: null, inputShape: [71, 70, 3] }),
      '[Xception] the images must be at least 71×71. Received: inputShape=[71, 70, 3].',
    ],
    [
      () => ResNet50({ weights: null, inputShape: [224, 224] }),
      '[ResNet50] inputShape must be [height, width, channels]. Received: inputShape=[224, 224].',
    ],
    [
      () => ResNet50({ weights: null, inputShape: [null, 224, 3] }),
      '[ResNet50] with includeTop=true, inputShape must be known. Received: inputShape=[null, 224, 3]. Give its sizes, or leave out the top: { includeTop: false }.',
    ],
    [
      () => NASNetLarge({ weights: null, includeTop: false, inputShape: [null, null, 3] }),
      '[NASNetLarge] the shape of the images must be known. Received: inputShape=[null, null, 3]. Give all sizes, such as inputShape: [331, 331, 3].',
    ],
    [
      () => ResNet50({ weights: null, inputTensor: 3 as never }),
      '[ResNet50] inputTensor must be a symbolic tensor. Received: inputTensor=3. Pass an Input, or what a layer returns when it is called on one.',
    ],
    [
      () => MobileNetV2({ weights: null, inputTensor: Input({ shape: [64, 64, 3] }), inputShape: [64, 32, 3] }),
      '[MobileNetV2] inputTensor must have the width of inputShape. Received: inputTensor of shape [null, 64, 64, 3], inputShape=[64, 32, 3]. Give one of the two.',
    ],
    [
      () => MobileNetV3Small({ weights: null, inputShape: [16, 64, 3] }),
      '[MobileNetV3Small] the images must be at least 32×32',
    ],
    [() => MobileNet({ weights: null, dropout: 2 }), '[MobileNet] dropout must be in [0, 1]. Received: dropout=2.'],
    [() => MobileNet({ weights: null, depthMultiplier: 0.5 }), '[MobileNet] depthMultiplier must be an integer ≥ 1'],
    [
      () => VGG16({ weights: null, pooling: 'mean' as never }),
      '[VGG16] pooling must be one of "avg", "max". Received: pooling="mean".',
    ],
    [() => VGG16({ weights: null, classes: 0 }), '[VGG16] classes must be an integer ≥ 1. Received: classes=0.'],
    [
      () => VGG16({ weights: null, include_top: false } as never),
      '[VGG16] unknown option "include_top". Did you mean "includeTop"?',
    ],
    [() => VGG16({ weights: null, alpha: 1 } as never), '[VGG16] unknown option "alpha".'],
  ])('a network names what is wrong with its options: %#', (make, message) => {
    expect(make).toThrow(message);
  });

  test('a network warns of an unusual number of channels', () => {
    const model = MobileNet({ ...SMALL, weights: null, inputShape: [64, 64, 5] });
    expectWarning('[MobileNet] images usually have 1 or 3 channels. Received: inputShape=[64, 64, 5].');
    expect(model.inputShape).toEqual([null, 64, 64, 5]);
  });

  test('NASNets without the top have the default size of images, since they need to know it', () => {
    expect(NASNetMobile({ weights: null, includeTop: false }).inputShape).toEqual([null, 224, 224, 3]);
    expect(NASNetLarge({ weights: null, includeTop: false }).inputShape).toEqual([null, 331, 331, 3]);
  });

  test('functions of networks have names', () => {
    expect([ResNet50.name, applications.resnet50.ResNet50]).toEqual(['ResNet50', ResNet50]);
  });
});

describe('names and paddings', () => {
  test.each([
    [0.125, '0.12'],
    [0.375, '0.38'],
    [0.625, '0.62'],
    [0.35, '0.35'],
    [1.005, '1.00'],
    [1, '1.00'],
    [2.5, '2.50'],
  ])('the name of a model has the factor %f as Python writes it', (alpha, text) => {
    expect(nameOf('m', alpha, 224)).toBe(`m_${text}_224`);
  });

  test('paddings for a stride of 2 fit even, odd and unknown sizes', () => {
    expect(correctPad(Input({ shape: [4, 5, 3] }), 3)).toEqual([[0, 1], [1, 1]]); // prettier-ignore
    expect(correctPad(Input({ shape: [null, 5, 3] }), 5)).toEqual([[1, 2], [1, 2]]); // prettier-ignore
    expect(correctPad(Input({ shape: [5, null, 3] }), 5)).toEqual([[2, 2], [1, 2]]); // prettier-ignore
  });
});

describe('a network with weights', () => {
  test.each<readonly [() => Promise<Model>, string]>([
    [
      () => ResNet50({ classes: 10 }),
      '[ResNet50] with includeTop=true and weights="imagenet", classes must be 1000. Received: classes=10. For other classes, leave out the top and add one: { includeTop: false }.',
    ],
    [
      () => ResNet50({ inputShape: [192, 192, 3] }),
      '[ResNet50] with includeTop=true and weights="imagenet", inputShape must be [224, 224, 3]. Received: inputShape=[192, 192, 3]. For images of other sizes, leave out the top: { includeTop: false }.',
    ],
    [
      () => ResNet50({ includeTop: false, inputShape: [192, 192, 1] }),
      '[ResNet50] with weights="imagenet", the images must have 3 channels. Received: inputShape=[192, 192, 1].',
    ],
    [
      () => ResNet50({ classifierActivation: 'relu' }),
      '[ResNet50] with includeTop=true and weights from a file, classifierActivation must be "softmax" or null.',
    ],
    [
      () => MobileNet({ alpha: 0.3 }),
      '[MobileNet] with weights="imagenet", alpha must be one of 0.25, 0.5, 0.75, 1. Received: alpha=0.3.',
    ],
    [
      () => MobileNet({ depthMultiplier: 2 }),
      '[MobileNet] with weights="imagenet", depthMultiplier must be 1. Received: depthMultiplier=2.',
    ],
    [
      () => MobileNetV3Small({ minimalistic: true, alpha: 0.75 }),
      '[MobileNetV3Small] with weights="imagenet", alpha must be 1. Received: alpha=0.75.',
    ],
    [
      () => ResNet50({ weights: 'imagnet' }),
      '[ResNet50] weights must be null, "imagenet", or a file that exists. Received: weights="imagnet".',
    ],
    [
      () => ResNet50({ weights: 3 as never }),
      '[loadWeights] a file must be a path, a URL, bytes, a Blob or a Response. Received: 3.',
    ],
  ])('a network with weights rejects what is wrong: %#', async (make, message) => {
    const promise = make();
    await expect(promise).rejects.toThrow(message);
  });

  test('the published weights are downloaded once, and read in the order of the layers', async () => {
    const original = MobileNet({ ...SMALL, weights: null });
    const asked = serve(await original.toBytes('h5'));
    const loaded = await MobileNet(SMALL);
    expect(loaded.name).toBe('mobilenet_0.25_128');
    expect(loaded.getWeights()).toEqual(original.getWeights());
    expect(asked).toEqual([
      'https://storage.googleapis.com/tensorflow/keras-applications/mobilenet/mobilenet_2_5_128_tf.h5',
    ]);
    expect(takeOutput().length).toBe(1);
    await MobileNet({ ...SMALL, weights: 'imagenet' });
    expect(asked.length).toBe(1);
  });

  test('a network warns of published weights for another size of images, and follows the download', async () => {
    const original = MobileNet({ alpha: 0.25, includeTop: false, inputShape: [64, 96, 3], weights: null });
    const asked = serve(await original.toBytes('h5'));
    const loaded: number[] = [];
    const onProgress = (progress: { readonly loaded: number }): number => loaded.push(progress.loaded);
    const model = await MobileNet({ alpha: 0.25, includeTop: false, inputShape: [64, 96, 3], onProgress });
    expectWarning(
      '[MobileNet] there are weights for square images of 128, 160, 192, 224; those of 224 are loaded. Received: inputShape=[64, 96, 3].',
    );
    expect(model.name).toBe('mobilenet_0.25_224');
    expect(asked[0]).toMatch(/mobilenet_2_5_224_tf_no_top\.h5$/);
    expect(loaded.length).toBeGreaterThan(1);
  });

  test('a file of other weights than the published ones is not accepted', async () => {
    const asked = serve(new TextEncoder().encode('<html>'));
    const found = createHash('md5').update('<html>').digest('hex');
    await expect(ResNet50()).rejects.toThrow(
      new ValueError(
        `[utils.getFile] the file must have the md5 hash 2cb95161c43110f7111970584f804107. Received: 6 bytes with ${found} from https://storage.googleapis.com/tensorflow/keras-applications/resnet/resnet50_weights_tf_dim_ordering_tf_kernels.h5. It is incomplete, or another file.`,
      ),
    );
    expect(asked.length).toBe(1);
    takeOutput();
  });

  test('weights may be a path, bytes, or an address', async () => {
    const original = MobileNet({ ...SMALL, weights: null, classes: 3, classifierActivation: null });
    const bytes = await original.toBytes('weights.h5');
    const path = join(folder, 'own.weights.h5');
    writeFileSync(path, bytes);
    serve(bytes);
    for (const weights of [
      path,
      bytes,
      'https://example.invalid/own.weights.h5',
      new Blob([bytes as Uint8Array<ArrayBuffer>]),
    ]) {
      const model = await MobileNet({ ...SMALL, weights, classes: 3, classifierActivation: null });
      expect(model.getWeights()).toEqual(original.getWeights());
    }
    await expect(MobileNet({ ...SMALL, weights: path, classes: 4 })).rejects.toThrow(ValueError);
  });
});
