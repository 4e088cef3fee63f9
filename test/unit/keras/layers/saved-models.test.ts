import { describe, expect, test } from 'vitest';
import { isRecord } from '../../../../src/core/config.ts';
import { deserializeLayer, layerClasses, serializeLayer } from '../../../../src/keras/layers/serialization.ts';
import { loadGolden } from '../../../support/golden.ts';

interface GoldenModel {
  readonly kind: string;
  readonly name: string;
  readonly toJson: string;
}

type Found = Readonly<Record<string, unknown>>;

/** The configs of layers inside the JSON of a model. */
function layersIn(value: unknown): readonly Found[] {
  if (Array.isArray(value)) return value.flatMap(layersIn);
  if (!isRecord(value)) return [];
  const isLayer = value['module'] === 'keras.layers' && Object.hasOwn(layerClasses, String(value['class_name']));
  return isLayer ? [value] : Object.values(value).flatMap(layersIn);
}

const models = loadGolden<GoldenModel>('vocabulary').cases.filter(({ kind }) => kind === 'model');
const rows = models.flatMap(({ name, toJson }) =>
  layersIn(JSON.parse(toJson)).map(
    (layer, i) => [`${String(layer['class_name'])}, layer ${i} of ${name}`, layer] as const,
  ),
);

describe("layers of Keras's saved models", () => {
  test('are there', () => expect(rows.length).toBeGreaterThan(20));

  test.each(rows)('come back as Keras wrote them: %s', (_, written) => {
    // What the model adds.
    const { name: _name, inbound_nodes: _nodes, ...layer } = written;
    expect(JSON.stringify(serializeLayer(deserializeLayer(layer)))).toBe(JSON.stringify(layer));
  });
});
