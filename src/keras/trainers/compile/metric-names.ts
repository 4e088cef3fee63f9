/** The names of an output's metrics, before they are made unique. */
export interface NamedList {
  /** The name of the output; `null` if the model has a single output. */
  readonly output: string | null;
  readonly names: readonly string[];
}

/**
 * Keras's unique names for metrics: a second `mae` is `mae_1`, and a weighted one next to a plain one is `weighted_mae`.
 * In the order of the lists, plain metrics first.
 */
export function uniqueNames(plain: readonly NamedList[], weighted: readonly NamedList[]): readonly string[] {
  const counts = new Map<string, number>();
  const number = (name: string): string => {
    const count = counts.get(name) ?? 0;
    counts.set(name, count + 1);
    return count === 0 ? name : `${name}_${count}`;
  };
  const full = (output: string | null, name: string): string => (output === null ? name : `${output}_${name}`);
  return [
    ...plain.flatMap(({ output, names }) => names.map((name) => number(full(output, name)))),
    ...weighted.flatMap(({ output, names }) =>
      names.map((name) => {
        const plainName = full(output, name);
        return number(counts.has(plainName) ? full(output, `weighted_${name}`) : plainName);
      }),
    ),
  ];
}
