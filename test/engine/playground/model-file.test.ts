import { loadModel } from 'evenkeel';
import { expect, test } from 'vitest';
import { makeNetwork } from '../../../playground/src/experiment/make-network.ts';
import { defaultSettings } from '../../../playground/src/experiment/settings.ts';
import { ModelFile } from '../../../playground/src/files/model-file.ts';

const bytes = await makeNetwork(defaultSettings, true).model.toBytes('keras');

test('The playground describes a model file: layers, parameters, normalization and folding', async () => {
  const { name, layers, parameters, normalization, folding, warnings } = await new ModelFile().open(bytes);
  expect(name).toMatch(/^sequential/);
  expect(layers.map(({ className, outputShape, parameters: size }) => [className, outputShape, size])).toEqual([
    ['Conv2D', '(None, 26, 26, 32)', 320],
    ['Conv2D', '(None, 24, 24, 32)', 9248],
    ['BatchNormalization', '(None, 24, 24, 32)', 128],
    ['MaxPooling2D', '(None, 12, 12, 32)', 0],
    ['Flatten', '(None, 4608)', 0],
    ['Dense', '(None, 10)', 46090],
  ]);
  expect(parameters).toEqual({ trainable: 55722, frozen: 64 });
  expect(normalization.verdict).toBe('suspicious');
  expect(normalization.layers[0]!.findings.map(({ kind }) => kind)).toEqual(['never-trained']);
  expect(folding).toMatchObject({ merged: [{ where: 'after' }], left: [] });
  expect(warnings).toEqual([]);
});

test('The playground reads a model from a file that a visitor chose, and hears how far it is', async () => {
  const seen: number[] = [];
  const chosen = new File([new Uint8Array(bytes)], 'digits.keras');
  const { layers } = await new ModelFile().open(chosen, ({ loaded, total }) => void seen.push(loaded, total ?? 0));
  expect(layers).toHaveLength(6);
  expect(seen.slice(-2)).toEqual([bytes.length, bytes.length]);
});

test('The playground converts a model to each format, folded or not', async () => {
  const file = new ModelFile();
  await file.open(bytes);
  for (const format of ['keras', 'h5'] as const) {
    const written = await loadModel(await file.convert({ format, folded: true }));
    expect(written.layers.map((layer) => layer.className)).not.toContain('BatchNormalization');
    expect((await loadModel(await file.convert({ format, folded: false }))).layers).toHaveLength(6);
  }
  // A protobuf whose first field is the version of the format; a JSON header of a stated length.
  expect((await file.convert({ format: 'onnx', folded: false }))[0]).toBe(0x08);
  const safetensors = await file.convert({ format: 'safetensors', folded: false });
  const length = Number(new DataView(safetensors.buffer, safetensors.byteOffset).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(safetensors.subarray(8, 8 + length))) as object;
  expect(Object.keys(header).filter((key) => key.endsWith('gamma'))).toHaveLength(1);
});

test('A bad file leaves the model of the playground that was open before it', async () => {
  const file = new ModelFile();
  await expect(file.convert({ format: 'keras', folded: false })).rejects.toThrow('open a file first');
  await file.open(bytes);
  await expect(file.open(new Uint8Array([1, 2, 3]))).rejects.toThrow('[loadModel] a model must be a .keras');
  await expect(file.open(bytes.subarray(0, bytes.length / 2))).rejects.toThrow('loadModel');
  expect((await file.convert({ format: 'keras', folded: false })).length).toBeGreaterThan(0);
});
