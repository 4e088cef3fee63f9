import type { Config } from '../../../core/config.ts';
import { NotImplementedError, ValueError } from '../../../core/errors.ts';
import type { Shape } from '../../../core/shape.ts';
import type { Tree } from '../../../core/tree.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { type InputSignature, signatureOf } from '../../export/signature.ts';
import type { InputShape } from '../../layers/base/input-shape.ts';
import type { Layer } from '../../layers/base/layer.ts';
import type { KerasTensor } from '../../ops/base/keras-tensor.ts';
import type { FloatType } from '../../trainers/data-adapters/expected-data.ts';
import type { Network } from '../functional/network.ts';
import type { SummaryRows } from '../summary/summary.ts';
import type { Registration, Topology, TopologyOwner } from './topology.ts';

/** The layers in the fields of a class, which calls them in its own `call`. */
export class SubclassTopology implements Topology {
  readonly hasGraph = false;
  readonly network: Network | null = null;
  readonly encoder = null;
  readonly outputNames: readonly string[] | null = null;
  readonly outputShapes: readonly Shape[] | null = null;
  readonly registration: Registration | null = null;
  readonly #owner: TopologyOwner;

  constructor(owner: TopologyOwner) {
    this.#owner = owner;
  }

  get feedType(): FloatType {
    return this.#owner.dtype === 'float64' ? 'float64' : 'float32';
  }

  layers(fields: readonly Layer[]): readonly Layer[] {
    return fields;
  }

  sublayers(fields: readonly Layer[]): readonly Layer[] {
    return fields;
  }

  layersInPath(fields: readonly Layer[]): readonly Layer[] {
    return fields;
  }

  inputs(property: string): Tree<KerasTensor> {
    throw this.#unknown(property);
  }

  outputs(property: string): Tree<KerasTensor> {
    throw this.#unknown(property);
  }

  #unknown(property: string): ValueError {
    return new ValueError(`[${this.#owner.who}] ${property} is only known of models made of inputs and outputs.`);
  }

  ownTensors(): null {
    // Only a call shows them.
    return null;
  }

  inputSignature(builtShape: InputShape | null): Tree<InputSignature> | null {
    return signatureOf(builtShape, this.feedType);
  }

  summaryRows(fields: readonly Layer[]): SummaryRows {
    return { layers: fields, connections: null };
  }

  build(): void {
    // The layers are built by the first call.
  }

  run(): Tree<Value> {
    throw new NotImplementedError(
      `[${this.#owner.who}] a model must define how it computes its outputs. Received: a class without call. Add a call method, or call super({ inputs, outputs }).`,
    );
  }

  outputShape(): Shape | null {
    return null;
  }

  config(base: Config): Config {
    return base;
  }

  buildShape(builtShape: InputShape | null): InputShape | null {
    return builtShape;
  }
}
