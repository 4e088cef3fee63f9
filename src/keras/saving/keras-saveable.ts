import type { Config } from '../../core/config.ts';
import type { DType } from '../../core/dtype.ts';
import type { DTypePolicy } from '../../core/dtype-policy.ts';
import type { KnownShape } from '../../core/shape.ts';
import type { Tensor, TensorLike } from '../../core/tensor.ts';
import type { WriteContext } from './write-context.ts';

/** A variable whose value is stored in files. */
export interface SavedVariable {
  /** The name within the layer or optimizer that owns the variable: `kernel`. */
  readonly name: string;
  /** The names of the owners and the variable: `sequential/dense/kernel`. */
  readonly path: string;
  readonly shape: KnownShape;
  readonly dtype: DType;
  /** A copy of the elements. */
  readonly value: Tensor;
  assign(values: TensorLike): void;
}

/** The base of layers, by which files find the layers in the fields of other layers. */
export abstract class KerasSaveable {
  /** The name of the class in configs. */
  abstract get className(): string;
}

/** A layer, as far as files are concerned. */
export interface SavableLayer extends KerasSaveable {
  readonly name: string;
  readonly dtypePolicy: DTypePolicy;
  /** The weights of the layer itself: trainable ones, then the rest. */
  readonly ownWeights: readonly SavedVariable[];
  /** The same as Keras's own formats store them. */
  readonly storedWeights: readonly SavedVariable[];
  readonly trainableWeights: readonly SavedVariable[];
  readonly nonTrainableWeights: readonly SavedVariable[];
}

/** A layer with a vocabulary, which files contain beside the weights. */
export interface VocabularyHolder {
  /** Whether the config contains the vocabulary, so that a file has no other. */
  readonly hasVocabulary: boolean;
  /** The arrays of the layer in files by name, which are no variables. */
  readonly namedArrays: ReadonlyMap<string, Tensor>;
  /** The vocabulary of a file as tokens. @throws ValueError for a line that is no token */
  parseVocabulary(lines: readonly string[]): readonly (string | number)[];
  /** Sets the vocabulary to that of a file. */
  restoreVocabulary(tokens: readonly (string | number)[], arrays: ReadonlyMap<string, Tensor>): void;
}

/** Whether a layer has a vocabulary. */
export function holdsVocabulary(value: object): value is VocabularyHolder {
  return 'restoreVocabulary' in value;
}

/** An optimizer, as far as files are concerned. */
export interface SavableOptimizer<Weight extends SavedVariable> {
  readonly name: string;
  readonly variables: readonly SavedVariable[];
  build(weights: readonly Weight[]): void;
}

/** A model, as far as files are concerned. */
export interface SavableModel<Weight extends SavedVariable = SavedVariable> extends SavableLayer {
  /** The subject of error messages: the class and the name. */
  readonly who: string;
  readonly built: boolean;
  /** Whether the model is made of symbolic tensors, or of a stack of layers. */
  readonly hasGraph: boolean;
  /** The layers, in Keras's order. */
  readonly layers: readonly SavableLayer[];
  readonly weights: readonly Weight[];
  readonly trainableWeights: readonly Weight[];
  readonly compiled: boolean;
  readonly optimizer: SavableOptimizer<Weight>;
  /** Keras's JSON of the whole model. */
  serialize(context: WriteContext): Config;
}

/** Whether a layer is a model. */
export function isSavableModel(layer: SavableLayer): layer is SavableModel {
  return 'hasGraph' in layer;
}

/** An object with state, as files store it: its own variables, and the objects in it that have state. */
export interface Saveable {
  readonly name: string;
  /** The name of the class in Keras, after which files name the members of lists. */
  readonly className: string;
  /** The variables in Keras's order: trainable ones, then the rest. */
  readonly ownVariables: readonly SavedVariable[];
  /** The type of half precision in which Keras stores the variables. @default that of the variables */
  readonly halfType?: 'float16' | 'bfloat16' | null;
  /** The objects in it, by the attributes in which Keras finds them, in the order in which Keras visits them. */
  readonly children: readonly (readonly [attribute: string, child: Saveable | SaveableList])[];
  /** The layer itself, if it has a vocabulary. */
  readonly vocabulary?: VocabularyHolder;
  /** Makes the slots of an optimizer, unless they exist; a file may lack its state, or have that of another optimizer. */
  readonly makeSlots?: () => void;
}

/** Saveables in a list, a record or nested lists and records. */
export type SaveableList = readonly (Saveable | SaveableList)[];

export function isList(child: Saveable | SaveableList): child is SaveableList {
  return Array.isArray(child);
}

/** A model in the older formats: its layers by name, with the weights of all layers in them. */
export interface LayerwiseModel {
  readonly layers: readonly LayerWeights[];
  /** The weights of the model itself, which belong to no layer. */
  readonly ownWeights: readonly SavedVariable[];
}

/** The weights of a layer and of the layers in it: trainable ones, then the rest. */
export interface LayerWeights {
  readonly name: string;
  readonly weights: readonly SavedVariable[];
}

/** A model in the older formats. */
export function layerwise(model: SavableModel): LayerwiseModel {
  return {
    layers: model.layers.map((layer) => ({
      name: layer.name,
      weights: [...layer.trainableWeights, ...layer.nonTrainableWeights],
    })),
    ownWeights: model.ownWeights,
  };
}
