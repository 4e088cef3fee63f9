import { Input, Model, type Tensor, layers } from '../../src/index.ts';
import { type GoldenArray, loadGolden } from './golden.ts';

interface StoredWeight {
  readonly min: number;
  readonly scale: number;
  readonly bytes: GoldenArray;
}

interface StoredLayer {
  readonly name: string;
  readonly momentum: number;
  readonly epsilon: number;
  readonly trainable: boolean;
  readonly relu: number | null;
  readonly gamma: StoredWeight;
  readonly beta: StoredWeight;
  readonly moving_mean: StoredWeight;
  readonly moving_variance: StoredWeight;
}

/** A network, and its batch normalization layers in the order of its inputs. */
export interface NsfwjsNetwork {
  readonly model: Model<Tensor[]>;
  readonly normalizations: readonly layers.BatchNormalization[];
}

/**
 * The batch normalization layers of the trained MobileNetV2 in the npm package nsfwjs, each with its own input and followed by
 * its activation.
 */
export function nsfwjsNetwork(): NsfwjsNetwork {
  const branches = loadGolden<StoredLayer>('nsfwjs-statistics').cases.map((stored) => {
    const { name, momentum, epsilon, trainable, relu, gamma, beta, ...moving } = stored;
    const x = Input({ shape: [gamma.bytes.shape[0]!], name: `${name}_input` });
    const bn = new layers.BatchNormalization({ name, momentum, epsilon, trainable });
    const y = bn.apply(x);
    bn.setWeights(
      [gamma, beta, moving.moving_mean, moving.moving_variance].map(({ min, scale, bytes }) =>
        Float32Array.from(bytes.data, (byte) => min + scale * byte),
      ),
    );
    return { bn, x, y: relu === null ? y : new layers.ReLU({ maxValue: relu }).apply(y) };
  });
  const [inputs, outputs] = [branches.map(({ x }) => x), branches.map(({ y }) => y)];
  return { model: new Model({ inputs, outputs, name: 'nsfwjs' }), normalizations: branches.map(({ bn }) => bn) };
}
