import type { StoredArray } from '../../../formats/arrays/stored.ts';

/** A variable of an optimizer in a file. */
interface Named {
  readonly name: string;
  readonly array: StoredArray;
}

/**
 * The state of an optimizer in the order of Keras 3. The optimizers of tf.keras before 2.11 store slot by slot
 * (`Adam/dense/kernel/m:0`, …, `Adam/dense/kernel/v:0`, …); Adam and its variants now store both slots of each weight
 * together, and `velocity_hat`, formerly `vhat`, still at the end.
 */
export function inKerasOrder(variables: readonly Named[]): readonly StoredArray[] {
  const slots = variables.map(({ name }) => /\/(m|v|vhat)(:0)?$/.exec(name)?.[1] ?? null);
  const [m, v] = ['m', 'v'].map((slot) => variables.filter((_, i) => slots[i] === slot));
  if (m === undefined || v === undefined || m.length === 0 || m.length !== v.length) {
    return variables.map(({ array }) => array);
  }
  const first = slots.indexOf('m');
  const pairs = m.flatMap((each, i) => [each, ...(v[i] === undefined ? [] : [v[i]])]);
  const others = variables.filter((_, i) => slots[i] !== 'm' && slots[i] !== 'v');
  const before = variables.slice(0, first).filter((each) => others.includes(each));
  return [...before, ...pairs, ...others.filter((each) => !before.includes(each))].map(({ array }) => array);
}
