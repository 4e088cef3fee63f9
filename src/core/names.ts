const counters = new Map<string, number>();

/** `BatchNormalization` → `batch_normalization`, as Keras names objects after their class. */
export function snakeCase(name: string): string {
  return name
    .replaceAll(/\W+/g, '')
    .replaceAll(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replaceAll(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();
}

/** `dense`, then `dense_1`, `dense_2`, …: one count for the whole process, as in Keras. */
export function uniqueName(prefix: string): string {
  const count = counters.get(prefix) ?? 0;
  counters.set(prefix, count + 1);
  return count === 0 ? prefix : `${prefix}_${count}`;
}

/**
 * Starts the counts of automatic names again, as `keras.backend.clear_session` does.
 *
 * @example
 * resetNames();
 * new layers.Dense(1).name;   // 'dense'
 * new layers.Dense(1).name;   // 'dense_1'
 * @see https://keras.io/api/utils/config_utils/#clear_session-function
 */
export function resetNames(): void {
  counters.clear();
}
