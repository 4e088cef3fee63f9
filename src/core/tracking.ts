/** An object that answers for itself what tracking finds in it, in place of its fields: its state, or nothing. */
export interface TrackedState<State = unknown> {
  readonly trackedState: readonly State[];
}

/** Whether an object answers for itself. */
export function hasTrackedState(value: object): value is TrackedState {
  return 'trackedState' in value;
}
