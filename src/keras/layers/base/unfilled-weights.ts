/** Whether weights begin with what their initializers give. Layers are made synchronously. */
let filled = true;

/**
 * Makes layers whose weights are zeros, whatever their initializers say: a file has the values, and drawing millions of
 * random numbers first would take longer than reading them.
 */
export function withoutInitialValues<T>(make: () => T): T {
  const outer = filled;
  filled = false;
  try {
    return make();
  } finally {
    filled = outer;
  }
}

/** Whether weights that are made now begin with what their initializers give. */
export function fillsWeights(): boolean {
  return filled;
}
