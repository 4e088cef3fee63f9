import { isValue } from '../../../compiler/ir/value.ts';
import { type FlatTree, type TreeDef, flattenTree } from '../../../core/pytree.ts';
import type { Tensor } from '../../../core/tensor.ts';
import type { Layer } from '../../layers/base/layer.ts';
import type { Batch } from '../data-adapters/data-adapter.ts';
import { FreezableProgram } from './freezable-program.ts';
import { StepCache } from './step-cache.ts';
import { batchSignature, feedsOf, stepInputs } from './step-inputs.ts';

/** A program that computes the outputs, and the structure that they have. */
interface PredictProgram {
  readonly treedef: TreeDef;
  readonly program: FreezableProgram;
}

/** Prediction steps of one model: the forward pass, in one program for each signature of a batch. */
export class PredictStep {
  readonly #model: Layer;
  readonly #programs = new StepCache<PredictProgram>();

  constructor(model: Layer) {
    this.#model = model;
  }

  #prepare(batch: Batch): PredictProgram {
    return this.#programs.get(batchSignature(batch), () => {
      const { trace, x, all } = stepInputs(batch);
      const { leaves, treedef } = flattenTree(this.#model.applyIn(trace, x, false, null), isValue);
      return { treedef, program: new FreezableProgram({ inputs: all, outputs: leaves, updates: trace.updates }) };
    });
  }

  /** Runs one step, with the weights frozen into the program if `freeze`. */
  async run(batch: Batch, freeze: boolean): Promise<FlatTree<Tensor>> {
    const inputs: Batch = { ...batch, y: [], sampleWeight: [] };
    const { treedef, program } = this.#prepare(inputs);
    return { leaves: await program.get(freeze).run(feedsOf(inputs)), treedef };
  }
}
