import type { Config } from '../../../core/config.ts';
import type { Shape } from '../../../core/shape.ts';
import type { Tree } from '../../../core/tree.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import type { InputSignature } from '../../export/signature.ts';
import type { CallContext } from '../../layers/base/call-context.ts';
import type { Layer } from '../../layers/base/layer.ts';
import type { KerasTensor } from '../../ops/base/keras-tensor.ts';
import type { FloatType } from '../../trainers/data-adapters/expected-data.ts';
import { Network } from '../functional/network.ts';
import { networkConfig } from '../functional/write-config.ts';
import type { SummaryRows } from '../summary/summary.ts';
import type { ConfigContext, Encoder, OwnTensors, Registration, Topology, TopologyOwner } from './topology.ts';

/** The calls of layers between symbolic inputs and outputs. */
export class FunctionalTopology implements Topology {
  readonly hasGraph = true;
  readonly network: Network;
  readonly registration: Registration = { module: 'keras.src.models.functional', registered_name: 'Functional' };

  /**
   * @throws TypeError if something is not a symbolic tensor; ValueError if the outputs cannot be computed from the inputs, or
   * two layers have the same name.
   */
  constructor({ who }: TopologyOwner, inputs: unknown, outputs: unknown) {
    this.network = new Network(who, inputs, outputs);
  }

  get outputNames(): readonly string[] {
    return this.network.outputNames;
  }

  get encoder(): Encoder | null {
    const { host } = this.network;
    return host === null ? null : (who, x) => host.encode(who, x, this.feedType);
  }

  get feedType(): FloatType {
    return this.network.flatInputs.some(({ dtype }) => dtype === 'float64') ? 'float64' : 'float32';
  }

  layers(): readonly Layer[] {
    return this.network.layers;
  }

  sublayers(fields: readonly Layer[]): readonly Layer[] {
    return [...new Set([...this.network.layers, ...fields])];
  }

  layersInPath(): readonly Layer[] {
    // The layers were called before the model existed, and keep their paths.
    return [];
  }

  inputs(): Tree<KerasTensor> {
    return this.network.inputs;
  }

  outputs(): Tree<KerasTensor> {
    return this.network.outputs;
  }

  ownTensors(): OwnTensors {
    const { inputs, outputs } = this.network;
    return { inputs, outputs };
  }

  get outputShapes(): readonly Shape[] {
    return this.network.flatOutputs.map(({ shape }) => shape);
  }

  inputSignature(): Tree<InputSignature> {
    return this.network.fed;
  }

  summaryRows(): SummaryRows {
    const { operations, isChain, connections } = this.network;
    return { layers: operations, connections: isChain ? null : connections };
  }

  build(): void {
    // The layers were built by their symbolic calls.
  }

  run(inputs: Tree<Value>, context: CallContext): Tree<Value> {
    return this.network.run(inputs, context);
  }

  outputShape(): Shape | null {
    return null;
  }

  config(base: Config, { isBuiltIn, write }: ConfigContext): Config {
    // A class of the user has its own constructor arguments.
    if (!isBuiltIn) return base;
    const { name = null, trainable = null } = base;
    return { name, trainable, ...networkConfig(this.network, write) };
  }

  buildShape(): null {
    return null;
  }
}
