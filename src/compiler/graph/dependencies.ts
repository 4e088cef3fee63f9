/** Something whose settings traces read. Its revision changes whenever traces that have read it become stale. */
export interface Revisioned {
  readonly revision: number;
}

/** The objects that a trace has read, with their revisions at the end of the trace. */
export type Dependencies = ReadonlyMap<Revisioned, number>;

/** Whether no object has changed since. */
export function isCurrent(dependencies: Dependencies): boolean {
  for (const [object, revision] of dependencies) if (object.revision !== revision) return false;
  return true;
}
