/**
 * Counts, for the whole process, the changes that make earlier traces stale, such as freezing a layer. The trace of a
 * function depends on more than the function's inputs: it calls layers, and a layer's settings are not arguments. Nothing
 * connects the two, so a single counter stands for all of them; the price is a new trace after an unrelated change.
 */
let revision = 0;

/** The number of changes so far. Caches of traces compare it. */
export function currentRevision(): number {
  return revision;
}

/** Marks all existing traces as stale. */
export function advanceRevision(): void {
  revision++;
}
