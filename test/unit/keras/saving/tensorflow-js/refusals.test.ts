import fc from 'fast-check';
import { NotImplementedError, ValueError, loadModel } from 'evenkeel';
import { expect, test } from 'vitest';
import { convertedCase, tensorFlowJsCases } from '../../../../support/tensorflow-js-cases.ts';
import { expectWarning } from '../../../../support/fail-on-console.ts';

type Group = { paths: unknown; weights: Record<string, unknown>[] };
type ModelJson = Record<string, unknown> & { weightsManifest: Group[] };

const { files } = convertedCase('uint8');
const text = new TextDecoder().decode(files['model.json']);
const [first] = Object.keys(files);

/** The files of a model with another JSON. */
function changed(change: (json: ModelJson, group: Group) => void): Record<string, Uint8Array<ArrayBuffer>> {
  const json = JSON.parse(text) as ModelJson;
  change(json, json.weightsManifest[0]!);
  return { ...files, 'model.json': new TextEncoder().encode(JSON.stringify(json)) };
}

const who = '[loadModel model.json]';

test.each<[string, (json: ModelJson, group: Group) => void, string]>([
  [
    'a graph model',
    (json) => Object.assign(json, { format: 'graph-model', modelTopology: { node: [], versions: {} } }),
    "a model.json must be of a layers model. Received: a graph model, which has TensorFlow's operations instead of layers. Load the model from which it was converted: its .keras or .h5, or convert that with tensorflowjs_converter --output_format=tfjs_layers_model.",
  ],
  [
    'a graph model of an old converter',
    (json) => {
      delete json['format'];
      json['modelTopology'] = { node: [] };
    },
    'a model.json must be of a layers model. Received: a graph model',
  ],
  [
    'another format',
    (json) => (json['format'] = 'x'),
    'the format of a model.json must be "layers-model". Received: "x".',
  ],
  ['a topology that is no object', (json) => (json['modelTopology'] = 'x'), 'modelTopology must be an object'],
  ['a topology without a class', (json) => (json['modelTopology'] = {}), 'modelTopology must have class_name'],
  [
    'a manifest that is no list',
    (json) => (json.weightsManifest = 3 as never),
    'weightsManifest must be a list of groups',
  ],
  [
    'a group that is no object',
    (json) => (json.weightsManifest = [3 as never]),
    'weightsManifest[0] must have lists of paths and of weights. Received: 3.',
  ],
  ...['../a.bin', 'a/../../b', '/etc/passwd', '%2e%2e/a', 'a/%2E./%2e./b', '..\\a', 'a%2f..%2fb', '', 3].map(
    (path): [string, (json: ModelJson, group: Group) => void, string] => [
      `the path ${JSON.stringify(path)}`,
      (_, group) => (group.paths = [path]),
      `the paths of weightsManifest[0] must be of files in the folder of model.json, or below it. Received: ${JSON.stringify(path)}.`,
    ],
  ),
  ...['https://example.org/a.bin', 'file:a', 'C:\\a', 'a//b', 'a/./b', 'a\0b'].map(
    (path): [string, (json: ModelJson, group: Group) => void, string] => [
      `the path ${JSON.stringify(path)}`,
      (_, group) => (group.paths = [path]),
      'the paths of weightsManifest[0] must be of files in the folder of model.json, or below it.',
    ],
  ),
  [
    'a path that occurs twice',
    (_, group) => (group.paths = [first, `./${first!}`]),
    `each path of a weightsManifest must occur once. Received: ${JSON.stringify(first)} twice.`,
  ],
  [
    'a path of two groups',
    (json) => json.weightsManifest.push({ paths: [first], weights: [] }),
    `each path of a weightsManifest must occur once. Received: ${JSON.stringify(first)} twice.`,
  ],
  [
    'a weight that occurs twice',
    (_, group) => group.weights.push(group.weights[0]!),
    'each weight of a weightsManifest must occur once. Received: "bn/gamma" twice.',
  ],
  [
    'a weight without a name',
    (_, group) => delete group.weights[0]!['name'],
    'weightsManifest[0].weights[0] must have a name',
  ],
  [
    'a negative size',
    (_, group) => (group.weights[0]!['shape'] = [-5]),
    'the shape of the weight "bn/gamma" must be a list of sizes. Received: shape=[-5].',
  ],
  [
    'a size that is no number',
    (_, group) => (group.weights[0]!['shape'] = ['5']),
    'the shape of the weight "bn/gamma" must be a list of sizes. Received: shape=["5"].',
  ],
  [
    'a size beyond all memory',
    (_, group) => (group.weights[0]!['shape'] = [2 ** 40, 2 ** 40]),
    'the weight "bn/gamma" must have a possible size. Received: shape=[1099511627776, 1099511627776].',
  ],
  [
    'a size that the files do not have',
    (_, group) => (group.weights[0]!['shape'] = [2 ** 40]),
    'the files of a group of weights must contain 1099511627822 bytes. Received: group1-shard1of2.bin, group1-shard2of2.bin with 51 bytes for them. A file may be incomplete, or of another model: copy all files again.',
  ],
  [
    'strings that the files do not have',
    (_, group) => {
      delete group.weights[0]!['quantization'];
      Object.assign(group.weights[0]!, { shape: [2 ** 50], dtype: 'string' });
    },
    'the files of a group of weights must contain the bytes of all weights: "bn/gamma" has Infinity.',
  ],
  [
    'an unknown dtype',
    (_, group) => (group.weights[0]!['dtype'] = 'int64'),
    'the dtype of the weight "bn/gamma" must be one of float32, int32, bool, uint8, uint16, float16, complex64, string. Received: dtype="int64".',
  ],
  [
    'a dtype that every object has',
    (_, group) => (group.weights[0]!['dtype'] = 'toString'),
    'the dtype of the weight "bn/gamma" must be one of',
  ],
  [
    'an unknown quantization',
    (_, group) => (group.weights[0]!['quantization'] = { dtype: 'int4', scale: 1, min: 0 }),
    'weights are quantized as uint8, uint16 or float16. Received: quantization={"dtype":"int4", "scale":1, "min":0} of the weight "bn/gamma".',
  ],
  [
    'a quantization without a scale',
    (_, group) => (group.weights[0]!['quantization'] = { dtype: 'uint8', min: 0 }),
    'the quantization of the weight "bn/gamma" must be uint8 or uint16 of float32 or int32, with a scale and a min, or float16 of float32.',
  ],
  [
    'integers in half precision',
    (_, group) => Object.assign(group.weights[0]!, { dtype: 'int32', quantization: { dtype: 'float16' } }),
    'the quantization of the weight "bn/gamma" must be',
  ],
  [
    'a weight of another shape',
    (_, group) => ((group.weights[0]!['shape'] = [4]), (group.weights[1]!['shape'] = [6])),
    'bn/gamma, the gamma of the layer "bn", must have shape [5]. Received: shape [4]. 1 more does not fit.',
  ],
  [
    'a weight of another name',
    (_, group) => (group.weights[0]!['name'] = 'other/gamma'),
    'the gamma of the layer "bn" must be in the file. Received: no weight of this name. 1 more does not fit.',
  ],
])('a model.json is refused for %s', async (_, change, message) => {
  const error: unknown = await loadModel(changed(change)).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(/graph model|quantized as/.test(message) ? NotImplementedError : ValueError);
  expect((error as Error).message).toContain(`${who} ${message}`);
});

test('files that are too short or too long are refused', async () => {
  const [, bytes] = Object.entries(files)[0]!;
  const message = (size: number): string =>
    `${who} the files of a group of weights must contain 51 bytes. Received: group1-shard1of2.bin, group1-shard2of2.bin with ${size} bytes for them.`;
  await expect(loadModel({ ...files, [first!]: bytes.subarray(1) })).rejects.toThrow(message(50));
  const longer = new Uint8Array(bytes.length + 3);
  await expect(loadModel({ ...files, [first!]: longer })).rejects.toThrow(message(54));
});

test('complex numbers are read past, and refused as the weight of a layer', async () => {
  const bytes = new Uint8Array(8);
  const extra = changed((json) =>
    json.weightsManifest.push({ paths: ['c.bin'], weights: [{ name: 'c/kernel', shape: [], dtype: 'complex64' }] }),
  );
  await expect(loadModel({ ...extra, 'c.bin': bytes })).rejects.toThrow(
    `${who} c/kernel must belong to a layer of the model. Received: a weight of an unknown layer.`,
  );
  const instead = changed((json, { weights }) => {
    const [{ name }] = weights.splice(-1) as [{ name: string }];
    json.weightsManifest.push({ paths: ['c.bin'], weights: [{ name, shape: [1], dtype: 'complex64' }] });
  });
  const last = { ...instead, 'c.bin': bytes, 'group1-shard2of2.bin': files['group1-shard2of2.bin']!.subarray(0, -1) };
  await expect(loadModel(last)).rejects.toThrow(
    `${who} last/bias, the bias of the layer "last", must have numbers. Received: complex64.`,
  );
});

test('metadata of the user is not part of the model, which a warning says', async () => {
  await loadModel(changed((json) => (json['userDefinedMetadata'] = { author: 'a', labels: [] })));
  expectWarning(
    `${who} userDefinedMetadata is not part of a model here. Received: author, labels. Read it from the JSON of the file.`,
  );
});

test('a loss that is not known leaves the model uncompiled, with a warning', async () => {
  const { artifacts } = tensorFlowJsCases().find(({ name }) => name === 'training adam')!;
  const model = await loadModel({ ...artifacts, trainingConfig: { ...artifacts.trainingConfig, loss: 'my_loss' } });
  expect(model.compiled).toBe(false);
  expectWarning('my_loss');
});

test('a damaged model.json is one error of one line, or a model', async () => {
  const bytes = files['model.json']!;
  await fc.assert(
    fc.asyncProperty(
      fc.nat(bytes.length - 1),
      fc.constantFrom('0', '9', '"', '[', '{', '}', ',', '-', 'e'),
      async (at, character) => {
        const damaged = bytes.slice();
        damaged[at] = character.charCodeAt(0);
        const result: unknown = await loadModel({ ...files, 'model.json': damaged }, { compile: false }).catch(
          (error: unknown) => error,
        );
        if (!(result instanceof Error)) return;
        expect(['ValueError', 'TypeError', 'NotImplementedError']).toContain(result.name);
        expect(result.message).toMatch(/^\[loadModel model\.json\] .*$/);
      },
    ),
    { numRuns: 150 },
  );
});
