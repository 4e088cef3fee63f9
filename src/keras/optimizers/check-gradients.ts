import { ValueError } from '../../core/errors.ts';
import { compatible, showShape } from '../../core/shape.ts';
import type { ValueType } from '../../compiler/ir/value.ts';
import type { Variable } from '../../compiler/ir/variable.ts';

/**
 * Checks the gradients of a step before anything changes.
 *
 * @param trainable the variables that the optimizer was built with; null if it is not built
 * @throws ValueError if the numbers of gradients and variables differ, every gradient is null, a variable is unknown, or a
 *   gradient has another shape than its variable
 */
export function checkGradients(
  who: string,
  gradients: readonly (Pick<ValueType, 'shape'> | null)[],
  variables: readonly Variable[],
  trainable: readonly Variable[] | null,
): void {
  if (gradients.length !== variables.length) {
    throw new ValueError(
      `[${who}] there must be one gradient for each variable. Received: ${gradients.length} gradients, ${variables.length} variables.`,
    );
  }
  if (gradients.every((gradient) => gradient === null)) {
    const paths = variables.map(({ path }) => path).join(', ');
    throw new ValueError(
      `[${who}] no gradients provided for any variable. Received: variables ${paths}. The loss must depend on them.`,
    );
  }
  const unknown = variables.find((variable) => trainable?.includes(variable) === false);
  if (unknown !== undefined) {
    throw new ValueError(
      `[${who}] an optimizer can only move the variables that it was built with. Received: ${unknown.path}. Create a new optimizer for other variables.`,
    );
  }
  for (const [i, variable] of variables.entries()) {
    const gradient = gradients[i] ?? null;
    if (gradient === null || compatible(gradient.shape, variable.shape)) continue;
    throw new ValueError(
      `[${who}] the gradient of ${variable.path} must have its shape, ${showShape(variable.shape)}. Received: shape ${showShape(gradient.shape)}.`,
    );
  }
}

/** The warning about variables without a gradient, or none. */
export function missingGradients(
  who: string,
  gradients: readonly (ValueType | null)[],
  variables: readonly Variable[],
): readonly string[] {
  const paths = variables.flatMap(({ path }, i) => ((gradients[i] ?? null) === null ? [path] : []));
  if (paths.length === 0) return [];
  return [
    `[${who}] there are no gradients for ${paths.join(', ')}: these variables keep their values. Does the loss depend on them?`,
  ];
}
