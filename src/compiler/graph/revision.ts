let revision = 0;

/**
 * Counts the changes that make earlier traces stale, such as a layer that is frozen: what a function computed
 * from a layer depends on more than its inputs. Whoever caches a trace compares the count.
 */
export function currentRevision(): number {
  return revision;
}

/** Says that traces made so far may be stale. */
export function advanceRevision(): void {
  revision++;
}
