import { ValueError, show } from '../../../../core/errors.ts';
import type { Tensor } from '../../../../core/tensor.ts';
import type { MixedTensors } from '../../runtime.ts';

/** Checks the names of the feeds or targets of a run. @throws ValueError if the model has no input or output of a name. */
export function checkNames(
  kind: 'feed' | 'target',
  tensors: MixedTensors | Readonly<Record<string, Tensor>>,
  names: ReadonlySet<string>,
): void {
  for (const name in tensors) {
    if (names.has(name)) continue;
    const values = kind === 'feed' ? 'inputs' : 'outputs';
    throw new ValueError(
      `[runtime] ${kind} names must be among the model's ${values}, ${show([...names])}. Received: ${JSON.stringify(name)}.`,
    );
  }
}

/** The error of a run without one of the inputs. */
export function missingFeedError(name: string, feeds: MixedTensors): ValueError {
  return new ValueError(
    `[runtime] every input of the model must be fed. Received: ${show(Object.keys(feeds))}, without ${JSON.stringify(name)}.`,
  );
}
