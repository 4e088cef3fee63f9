import { Layer, type Trace, type Value, jit } from 'evenkeel';
import type { Tensor } from 'evenkeel';

/** A layer that hands its trace to a function: the public way to the trace of a function of `jit`. */
class Probe extends Layer {
  static override readonly className: string = 'Probe';
  readonly #run: (trace: Trace) => void;

  constructor(run: (trace: Trace) => void) {
    super();
    this.#run = run;
  }

  override call(inputs: Value, { trace }: { readonly trace: Trace }): Value {
    this.#run(trace);
    return inputs;
  }
}

/** Runs a function of values and their trace on tensors; there must be one. */
export async function runTraced(
  feeds: readonly Tensor[],
  describe: (values: readonly Value[], trace: Trace) => readonly Value[],
): Promise<readonly Tensor[]> {
  const f = jit<readonly Value[], readonly Value[]>((...values) => {
    let results: readonly Value[] = [];
    const [first] = values;
    if (first === undefined) throw new TypeError('[runTraced] needs a tensor.');
    new Probe((trace) => {
      results = describe(values, trace);
    }).apply(first);
    return results;
  });
  return f(...feeds);
}
