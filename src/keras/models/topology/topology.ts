import type { Config } from '../../../core/config.ts';
import type { DType } from '../../../core/dtype.ts';
import type { Shape } from '../../../core/shape.ts';
import type { Tensor } from '../../../core/tensor.ts';
import type { Tree } from '../../../core/tree.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import type { InputSignature } from '../../export/signature.ts';
import type { CallContext } from '../../layers/base/call-context.ts';
import type { InputShape } from '../../layers/base/input-shape.ts';
import type { Layer } from '../../layers/base/layer.ts';
import type { KerasTensor, Node } from '../../ops/base/keras-tensor.ts';
import type { Operation } from '../../ops/base/operation.ts';
import type { FloatType } from '../../trainers/data-adapters/expected-data.ts';
import type { Network } from '../functional/network.ts';
import type { SummaryRows } from '../summary/summary.ts';

/** A model as its topology sees it. */
export interface TopologyOwner {
  /** The name of the model in errors. */
  readonly who: string;
  /** The prefix of the paths of its layers. */
  readonly path: string;
  readonly dtype: DType;
  /** Builds the model. */
  build(inputShape: InputShape): void;
}

/** The place of a class in files: a module of Keras, or the name under which it is registered. */
export interface Registration {
  readonly module: string | null;
  readonly registered_name: string | null;
}

/** Computes the arrays that a graph is fed with from the data of the user. */
export type Encoder = (who: string, x: unknown) => Tree<Tensor>;

/** The symbolic inputs and outputs of a model, in their structures. */
export interface OwnTensors {
  readonly inputs: Tree<KerasTensor>;
  readonly outputs: Tree<KerasTensor>;
}

/** Options for writing a config. */
export interface ConfigContext {
  /** Whether the model's class is `Model` or `Sequential` itself, not a class of the user. */
  readonly isBuiltIn: boolean;
  /** Writes a layer, which may be a model or an operation, with its calls, as Keras's JSON. */
  readonly write: (layer: Layer | Operation, calls?: Config) => Config;
}

/**
 * The arrangement of a model's layers: a graph of calls on symbolic tensors, a stack of layers, or the `call` of a class.
 * Several members receive `fields`: the layers in the fields of the model's class.
 */
export interface Topology {
  /** Whether the calls of the layers are known without running the model. */
  readonly hasGraph: boolean;
  /** The calls between inputs and outputs; `null` if they are unknown. */
  readonly network: Network | null;
  /** The names of the outputs; `null` if they have none. */
  readonly outputNames: readonly string[] | null;
  /** The type in which floating-point data is fed. */
  readonly feedType: FloatType;
  /** Computes on the host what the graph is fed with, from the data of the user; `null` if that is the data itself. */
  readonly encoder: Encoder | null;
  /** The entry of Keras's built-in class in files; `null` if Keras has none. */
  readonly registration: Registration | null;

  /** The layers that Keras counts. */
  layers(fields: readonly Layer[]): readonly Layer[];
  /** All layers whose weights belong to the model. */
  sublayers(fields: readonly Layer[]): readonly Layer[];
  /** The layers whose paths start with that of the model. */
  layersInPath(fields: readonly Layer[]): readonly Layer[];

  /** The symbolic inputs. @throws ValueError, which names the property, if they are unknown. */
  inputs(property: string): Tree<KerasTensor>;
  /** The symbolic outputs. @throws ValueError, which names the property, if they are unknown. */
  outputs(property: string): Tree<KerasTensor>;
  /**
   * The symbolic inputs and outputs that the model has as a layer; `null` if those of its first call count instead.
   * `calls` are the symbolic calls of the model.
   */
  ownTensors(calls: readonly Node[]): OwnTensors | null;
  /** The shape of each output; `null` if they are unknown. */
  readonly outputShapes: readonly Shape[] | null;
  /** The shape, type and name of each input of the graph; `null` if they are unknown. */
  inputSignature(builtShape: InputShape | null): Tree<InputSignature> | null;
  summaryRows(fields: readonly Layer[]): SummaryRows;

  /** Makes the weights for inputs of this shape. */
  build(inputShape: InputShape): void;
  /** Computes the outputs. @throws NotImplementedError if the class must do that itself. */
  run(inputs: Tree<Value>, context: CallContext): Tree<Value>;
  /** The shape of the output; `null` if only a call can tell. */
  outputShape(inputShape: InputShape): Shape | null;

  /** The config of the model, which extends that of a layer. */
  config(base: Config, context: ConfigContext): Config;
  /** The shape that Keras's build_config holds. */
  buildShape(builtShape: InputShape | null): InputShape | null;
}
