import { describe, expect, test } from 'vitest';
import * as hub from 'evenkeel/hub';
import { Input, Model, type Layer, getRegisteredName, getRegisteredObject, layers } from '../../../../src/index.ts';
import { runsCustomCode } from '../../../../src/keras/models/custom-code.ts';
import { HUB_NAMES } from '../../../../src/keras/saving/keras-hub.ts';
import { type LayerContract, runLayerContract } from '../../../support/layer-contract.ts';

const sequence = [2, 4, 6];

const contracts: Readonly<Record<string, LayerContract>> = {
  AlibiBias: { make: (options) => new hub.AlibiBias({ alibiBiasMax: 4, ...options }), inputShape: [2, 3, 4, 5] },
  FNetEncoder: {
    make: (options) => new hub.FNetEncoder(5, options),
    inputShape: sequence,
    trainableWeights: 8,
    hasUnnamedWeights: true,
  },
  PositionEmbedding: {
    make: (options) => new hub.PositionEmbedding(5, options),
    inputShape: sequence,
    trainableWeights: 1,
    differentiable: false,
  },
  RMSNormalization: {
    make: ({ inputDim: _, ...options }) => new hub.RMSNormalization(6, options),
    inputShape: sequence,
    trainableWeights: 1,
  },
  ReversibleEmbedding: {
    make: ({ inputDim: _, ...options }) => new hub.ReversibleEmbedding(5, 3, options),
    inputShape: [2, 4],
    trainableWeights: 1,
    differentiable: false,
  },
  RotaryEmbedding: { make: (options) => new hub.RotaryEmbedding(options), inputShape: sequence },
  SinePositionEncoding: {
    make: (options) => new hub.SinePositionEncoding(options),
    inputShape: sequence,
    differentiable: false,
  },
  TokenAndPositionEmbedding: {
    make: (options) => new hub.TokenAndPositionEmbedding(5, 4, 3, options),
    inputShape: [2, 4],
    trainableWeights: 2,
    hasUnnamedWeights: true,
    differentiable: false,
  },
  TransformerDecoder: {
    make: (options) => new hub.TransformerDecoder(5, 2, options),
    inputShape: sequence,
    trainableWeights: 16,
    hasUnnamedWeights: true,
    supportsMasking: true,
  },
  TransformerEncoder: {
    make: (options) => new hub.TransformerEncoder(5, 2, { ...options, normalizeFirst: true }),
    inputShape: sequence,
    trainableWeights: 16,
    hasUnnamedWeights: true,
    supportsMasking: true,
  },
};

for (const [name, contract] of Object.entries(contracts)) runLayerContract(`hub.${name}`, contract);

/** Everything that the entry registers, by name. */
const registered: Readonly<Record<string, object>> = {
  ...Object.fromEntries(Object.entries(hub).filter(([name]) => name !== 'geluApproximate')),
  gelu_approximate: hub.geluApproximate,
};

test('the entry registers each export under the present and the former name of keras-hub', () => {
  expect(Object.keys(registered).sort()).toEqual([...HUB_NAMES].sort());
  for (const [name, object] of Object.entries(registered)) {
    expect(getRegisteredName(object)).toBe(`keras_hub>${name}`);
    expect(getRegisteredObject(`keras_nlp>${name}`)).toBe(object);
  }
});

test('a layer of keras-hub is code of the library, and a class that extends one is not', () => {
  class Own extends hub.AlibiBias {}
  expect(runsCustomCode(new hub.TransformerEncoder(4, 2, { activation: hub.geluApproximate }))).toBe(false);
  expect(runsCustomCode(new Own())).toBe(true);
});

test('a layer of keras-hub is written with the module and the registered name of its class', () => {
  const serialized = layers.serialize(new hub.SinePositionEncoding({ name: 'sine', maxWavelength: 50 }));
  expect(serialized).toEqual({
    module: 'keras_hub.src.layers.modeling.sine_position_encoding',
    class_name: 'SinePositionEncoding',
    config: {
      ...{ name: 'sine', trainable: true, max_wavelength: 50 },
      dtype: { module: 'keras', class_name: 'DTypePolicy', config: { name: 'float32' }, registered_name: null },
    },
    registered_name: 'keras_hub>SinePositionEncoding',
  });
});

test('layers of keras-hub and of Keras with one name are told apart', () => {
  for (const layer of [new hub.ReversibleEmbedding(4, 2), new layers.ReversibleEmbedding(4, 2)]) {
    expect(layers.deserialize(layers.serialize(layer)).constructor).toBe(layer.constructor);
  }
});

test('a call in a file may pass masks by position', () => {
  const [x, mask] = [Input({ shape: [4, 6], name: 'x' }), Input({ shape: [4], dtype: 'bool', name: 'mask' })];
  const y = new hub.TransformerEncoder(5, 2, { name: 'encoder' }).apply(x, { paddingMask: mask });
  const config = new Model({ inputs: [x, mask], outputs: y }).getConfig() as {
    layers: { name: string; inbound_nodes: { args: unknown[]; kwargs: Record<string, unknown> }[] }[];
  };
  const [call] = config.layers.find(({ name }) => name === 'encoder')!.inbound_nodes;
  const positional = JSON.parse(JSON.stringify(config)) as typeof config;
  positional.layers.find(({ name }) => name === 'encoder')!.inbound_nodes = [
    { args: [...call!.args, call!.kwargs['padding_mask']], kwargs: {} },
  ];
  const model = Model.fromConfig(positional as never);
  const [node] = model.getLayer('encoder').inboundNodes;
  expect(Object.keys(node!.options)).toEqual(['paddingMask']);
});

describe('wrong arguments of layers of keras-hub', () => {
  const x = (...shape: number[]) => Input({ shape });
  const cases: readonly (readonly [() => unknown, string])[] = [
    [
      () => new hub.TransformerEncoder(0, 2, { name: 'e' }),
      '[TransformerEncoder e] intermediateDim must be a positive integer. Received: intermediateDim=0.',
    ],
    [
      () => new hub.TransformerEncoder(4, 8, { name: 'e' }).apply(x(3, 6)),
      '[TransformerEncoder e] numHeads must be at most the number of features. Received: numHeads=8 for 6 features.',
    ],
    [
      () => new hub.TransformerEncoder(4, 2, { name: 'e' }).apply(x(3, 6), { paddingMask: x(3, 3) }),
      '[TransformerEncoder e] the padding mask must have the shape [batch, sequence]. Received: a mask of shape [null, 3, 3].',
    ],
    [
      () => new hub.TransformerDecoder(4, 2, { name: 'd' }).apply(x(3, 6), { decoderAttentionMask: x(3) }),
      '[TransformerDecoder d] the attention mask must have the shape [batch, target, source]. Received: a mask of shape [null, 3].',
    ],
    [
      () =>
        new hub.TransformerDecoder(4, 2, { name: 'd', decoderSequenceShape: [null, 3, 6] }).apply([x(3, 6), x(3, 6)]),
      '[TransformerDecoder d] a decoder that was built without the output of an encoder must be called without it. Received: a call with it.',
    ],
    [
      () =>
        new hub.TransformerDecoder(4, 2, { name: 'd' }).apply([x(3, 6), x(3, 6)], {
          selfAttentionCache: x(2, 3, 2, 3),
        }),
      '[TransformerDecoder d] selfAttentionCache and crossAttentionCache must both be given or both be null. Received: selfAttentionCache=a tensor and crossAttentionCache=null.',
    ],
    [
      () => new hub.TransformerDecoder(4, 2, { name: 'd' }).apply([x(3, 6), x(3, 6), x(3, 6)]),
      '[TransformerDecoder d] expected a sequence [batch, T, n], or a list of it and the output of an encoder [batch, S, m]. Received: inputShape=[[null, 3, 6], [null, 3, 6], [null, 3, 6]].',
    ],
    [
      () => new hub.CachedMultiHeadAttention(2, 3, { name: 'a' }).apply([x(3, 6), x(3, 6)], { cacheUpdateIndex: 1 }),
      '[CachedMultiHeadAttention a] cacheUpdateIndex must be null without a cache. Received: cacheUpdateIndex=1.',
    ],
    [
      () => new hub.CachedMultiHeadAttention(2, 3, { name: 'a' }).apply([x(3, 6), x(3, 6)], { cache: x(2, 5, 2, 4) }),
      '[CachedMultiHeadAttention a] the cache must have the shape [batch, 2, S, 2, 3]. Received: a cache of shape [null, 2, 5, 2, 4].',
    ],
    [
      () => new hub.CachedMultiHeadAttention(2, 3, { name: 'a', useGate: true }),
      '[CachedMultiHeadAttention a] useGate has no effect in keras-hub and is not supported. Received: useGate=true. Omit it.',
    ],
    [
      () => new hub.PositionEmbedding(3, { name: 'p' }).apply(x(4, 6)),
      '[PositionEmbedding p] the positions of the sequence must be below sequenceLength=3. Received: an input of shape [null, 4, 6].',
    ],
    [
      () => new hub.PositionEmbedding(5, { name: 'p' }).apply(x(4, 6), { startIndex: 2 }),
      '[PositionEmbedding p] the positions of the sequence from startIndex on must be below sequenceLength=5. Received: an input of shape [null, 4, 6] and startIndex=2.',
    ],
    [
      () => new hub.PositionEmbedding(5, { name: 'p' }).apply(x(4, 6), { startIndex: -1 }),
      '[PositionEmbedding p] startIndex must be an integer ≥ 0 or a scalar. Received: startIndex=-1.',
    ],
    [
      () => new hub.PositionEmbedding(5, { name: 'p' }).apply(x(4, 6), { positions: x(4, 1) }),
      '[PositionEmbedding p] positions must have the shape [sequence] or [batch, sequence]. Received: positions of shape [null, 4, 1].',
    ],
    [
      () => new hub.SinePositionEncoding({ name: 's' }).apply(x(4, 6), { positions: x(3) }),
      '[SinePositionEncoding s] the positions must broadcast to the input of shape [null, 4, 6]. Received: encodings of shape [null, 3, 6].',
    ],
    [
      () => new hub.RotaryEmbedding({ name: 'r' }).apply(x(4, 5)),
      '[RotaryEmbedding r] the number of features must be known and even: they are rotated in pairs. Received: 5 features.',
    ],
    [
      () => new hub.RotaryEmbedding({ name: 'r', sequenceAxis: 2 }).apply(x(4, 6)),
      '[RotaryEmbedding r] sequenceAxis and featureAxis must be different. Received: sequenceAxis=2 and featureAxis=-1 for an input of rank 3.',
    ],
    [
      () =>
        new hub.RotaryEmbedding({ name: 'r', ropeType: 'yarn', originalMaxPositionEmbeddings: null }).apply(x(4, 6)),
      "[RotaryEmbedding r] originalMaxPositionEmbeddings must be a number with ropeType='yarn'. Received: originalMaxPositionEmbeddings=null.",
    ],
    [
      () => new hub.MaskedLMHead({ name: 'm' }),
      '[MaskedLMHead m] vocabularySize or tokenEmbedding must be given. Received: vocabularySize=null, tokenEmbedding=null.',
    ],
    [
      () => new hub.MaskedLMHead(4, { name: 'm', tokenEmbedding: new layers.ReversibleEmbedding(5, 3) }),
      '[MaskedLMHead m] vocabularySize must be the number of vectors of tokenEmbedding. Received: vocabularySize=4, tokenEmbedding of 5 vectors.',
    ],
    [
      () => new hub.MaskedLMHead(4, { name: 'm', tokenEmbedding: new layers.Dense(3, { name: 'dense' }) as never }),
      '[MaskedLMHead m] tokenEmbedding must be a ReversibleEmbedding. Received: tokenEmbedding=Dense dense.',
    ],
    [
      () => new hub.MaskedLMHead(4, { name: 'm' }).apply(x(4, 6) as never),
      '[MaskedLMHead m] expected a list of inputs: layer.apply([a, b]). Received: one input.',
    ],
  ];
  test.each(cases.map(([make, message]) => [message, make] as const))('are refused: %s', (message, make) => {
    let error: unknown = null;
    try {
      make();
    } catch (thrown) {
      error = thrown;
    }
    expect((error as Error | null)?.message).toBe(message);
  });
});

test('a sequence of unknown length has the shapes of keras-hub', () => {
  const x = Input({ shape: [null, 6] });
  const shapes = [
    new hub.TransformerEncoder(5, 2),
    new hub.TransformerDecoder(5, 2),
    new hub.PositionEmbedding(9),
    new hub.SinePositionEncoding(),
    new hub.RotaryEmbedding(),
    new hub.FNetEncoder(5),
  ].map((layer: Layer) => layer.apply(x).shape);
  expect(shapes).toEqual(shapes.map(() => [null, null, 6]));
});
