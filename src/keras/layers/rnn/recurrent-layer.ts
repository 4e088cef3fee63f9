import type { DTypePolicy } from '../../../core/dtype-policy.ts';
import type { Activation } from '../../activations/index.ts';
import type { Constraint } from '../../constraints/index.ts';
import type { Initializer } from '../../initializers/index.ts';
import type { Regularizer } from '../../regularizers/index.ts';
import type { Fields } from '../../saving/fields.ts';
import type { Layer } from '../base/layer.ts';
import { fieldsOf } from '../base/layer-fields.ts';
import { type Cell, checkCell } from './cell.ts';
import { RNN } from './rnn.ts';

/** A class of cells, whose constructor accepts all options by name. */
interface CellClass {
  readonly fields: Fields;
  new (...args: never): Cell;
}

/** Options that a layer has for itself: its cell has its own name and no penalty on its output. */
const OWN = ['name', 'activityRegularizer', 'inputShape', 'batchInputShape', 'inputDim', 'autocast', 'dtype'];

/** The options of a cell, from the layer's, which have the same names. */
function cellOptions(cellClass: CellClass, layer: object): Readonly<Record<string, unknown>> {
  const options = layer as Readonly<Record<string, unknown>>;
  const names = Object.keys(fieldsOf(cellClass)).filter((option) => !OWN.includes(option));
  return Object.fromEntries(names.filter((option) => option in options).map((option) => [option, options[option]]));
}

/** The base of layers that apply a cell which they make from their own options. */
export abstract class RecurrentLayer extends RNN {
  declare readonly activation: Activation;
  /** Whether a bias is added. */
  declare readonly useBias: boolean;
  declare readonly kernelInitializer: Initializer;
  declare readonly recurrentInitializer: Initializer;
  declare readonly biasInitializer: Initializer;
  declare readonly kernelRegularizer: Regularizer | null;
  declare readonly recurrentRegularizer: Regularizer | null;
  declare readonly biasRegularizer: Regularizer | null;
  declare readonly kernelConstraint: Constraint | null;
  declare readonly recurrentConstraint: Constraint | null;
  declare readonly biasConstraint: Constraint | null;
  /** The share of the input's elements that is dropped in training. */
  declare readonly dropout: number;
  /** The share of the state's elements that is dropped in training. */
  declare readonly recurrentDropout: number;
  /** The seed that makes the dropped elements reproducible. */
  declare readonly seed: number | null;

  /** The class of the cell, and its name in the layer. */
  protected abstract get cellClass(): readonly [cellClass: CellClass, name: string];

  protected override makeCell(_given: Layer): Cell {
    const [cellClass, name] = this.cellClass;
    const { dtypePolicy: dtype }: { dtypePolicy: DTypePolicy } = this;
    const options = { ...cellOptions(cellClass, this), trainable: this.trainable, name, dtype };
    return checkCell(this.who, 'cell', Reflect.construct(cellClass, [options]));
  }

  protected override get sequenceRank(): number | null {
    return 3;
  }
}
