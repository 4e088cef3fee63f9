import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { type Layer, Model, loadModel, tensor } from '../../../../src/index.ts';
import { expectClose } from '../../../support/close.ts';
import { expectWarning } from '../../../support/fail-on-console.ts';
import { type GoldenArray, loadGolden } from '../../../support/golden.ts';

interface QuantizedCase {
  readonly name: string;
  readonly mode: string;
  readonly formats: readonly string[];
  readonly inputs: readonly GoldenArray[];
  readonly weights: Readonly<Record<string, readonly GoldenArray[]>>;
  readonly outputs: readonly GoldenArray[];
}

const { cases } = loadGolden<QuantizedCase>('quantized-files');
const pathOf = (file: string): string =>
  fileURLToPath(new URL(`../../../golden/quantized-files/${file}`, import.meta.url));

/** The layers of a model and of the models in it. */
function layersOf(model: Model): readonly Layer[] {
  return model.layers.flatMap((layer: Layer) => (layer instanceof Model ? layersOf(layer as Model) : [layer]));
}

function expectWeights(model: Model, { weights }: QuantizedCase): void {
  const found = layersOf(model).filter((layer) => layer.weights.length > 0);
  expect(found.map(({ name }) => name)).toEqual(Object.keys(weights));
  for (const layer of found) {
    expect(layer.dtypePolicy.name).toBe('float32');
    const read = layer.getWeights().map(({ shape, data }) => ({ shape, data: [...data] }));
    expect(read).toEqual(
      (weights[layer.name] ?? []).map(({ shape, data }) => ({ shape: [...shape], data: [...data] })),
    );
  }
}

const quantizedLayers = (mode: string): string => {
  // Keras does not quantize embeddings to these.
  const isDense = ['float8', 'gptq', 'awq'].includes(mode);
  return [...(isDense ? [] : ['"embedding"']), '"even"', '"odd"', '"one"'].join(', ');
};

const files = cases
  .filter(({ name }) => name !== 'gptq-without-zeros')
  .flatMap((each) =>
    each.formats
      .filter((format) => !format.includes('weights'))
      .map((format) => ({ ...each, file: `${each.name}.${format}` })),
  );

test.each(files)('a quantized model of Keras has the dequantized weights: $file', async (each) => {
  const model = await loadModel(pathOf(each.file));
  expect(expectWarning('quantized')).toMatch(
    `the weights of the layers ${quantizedLayers(each.mode)} are quantized in the file (${each.mode}): they were dequantized, and the layers compute in floating-point numbers.`,
  );
  expectWeights(model, each);
  const { shape, data } = each.inputs[0]!;
  const output = await model.predict(tensor(Int32Array.from(data), shape), { verbose: 0 });
  expectClose(output.data, each.outputs[0]!.data, { rtol: 1e-5 });
  const again = await loadModel(await model.toBytes('keras'));
  expectWeights(again, each);
});

test('quantized weights alone are read into a model that is not quantized', async () => {
  const model = await loadModel(pathOf('float8.keras'));
  expectWarning('quantized');
  await model.loadWeights(pathOf('int8.weights.h5'));
  expect(expectWarning('quantized')).toContain('(int8)');
  expectWeights(
    model,
    cases.find(({ name }) => name === 'int8')!,
  );
});

test('a file of GPTQ without zero points is refused by the name of the method', async () => {
  await expect(loadModel(pathOf('gptq-without-zeros.keras'))).rejects.toThrow(
    'layers/dense/vars of the layer "even" must contain the zero points of the weights. Received: weights quantized by gptq, without zero points. 2 more do not fit.',
  );
});
