/** An object that answers for itself what tracking finds in it, in place of its fields: its state, or nothing. */
export interface TrackedState<State = unknown> {
  readonly trackedState: readonly State[];
}

/** Whether an object answers for itself. */
export function hasTrackedState(value: object): value is TrackedState {
  return 'trackedState' in value;
}

/** An object in which tracking finds nothing, but whose state belongs in files: an optimizer. */
export interface SavedState<State = unknown> {
  readonly savedState: readonly State[];
  /** The objects in it that files contain by themselves, too, by the fields that hold them. */
  readonly savedChildren?: Readonly<Record<string, NamedState<State> | readonly NamedState<State>[]>>;
}

/** Such an object with a name. */
export interface NamedState<State = unknown> extends SavedState<State> {
  readonly name: string;
}

/** Whether files contain the state of an object that tracking leaves alone. */
export function hasSavedState(value: object): value is SavedState {
  return 'savedState' in value;
}
