import { ProgramFamily, type Traced } from '../../../compiler/program/index.ts';
import { isValue } from '../../../compiler/ir/value.ts';
import { type FlatTree, type TreeDef, flattenTree } from '../../../core/pytree.ts';
import type { Tensor } from '../../../core/tensor.ts';
import { checkState } from '../../layers/base/check-state.ts';
import type { Batch } from '../data-adapters/data-adapter.ts';
import type { StepModel } from './step-graph.ts';
import { type BatchTypes, feedsOf, stepInputs, withTypes } from './step-inputs.ts';

/** A trace of a forward pass, and the structure of the outputs. */
interface ForwardPass extends Traced {
  readonly treedef: TreeDef;
}

/** Prediction steps of one model: the forward pass. */
export class PredictStep {
  readonly #model: StepModel;
  readonly #programs = new ProgramFamily<ForwardPass>();

  constructor(model: StepModel) {
    this.#model = model;
  }

  #trace(batch: BatchTypes): ForwardPass {
    const { trace, x, all } = stepInputs(batch);
    const { leaves, treedef } = flattenTree(this.#model.applyIn(trace, x, false, null), isValue);
    checkState(this.#model, leaves, trace.updates);
    return {
      graph: { inputs: all, outputs: leaves, updates: trace.updates },
      ...{ treedef, dependencies: trace.dependencies, isGeneric: !this.#model.runsCustomCode },
    };
  }

  /** Runs one step, with the weights frozen into the program if `freeze`. */
  async run(batch: Batch, freeze: boolean): Promise<FlatTree<Tensor>> {
    const inputs: Batch = { ...batch, y: [], sampleWeight: [] };
    const feeds = feedsOf(inputs);
    const { traced, program } = await this.#programs.get(batch.structure.key, feeds, (types) =>
      this.#trace(withTypes(inputs, types)),
    );
    return { leaves: await program.get(freeze).run(feeds), treedef: traced.treedef };
  }
}
