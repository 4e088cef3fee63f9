import { ValueError } from '../../../core/errors.ts';
import { elementSize } from '../../arrays/elements.ts';
import type { StoredArray } from '../../arrays/stored.ts';

/** Checks that an array's elements match its shape and dtype. */
export function checkArray(who: string, where: string, array: StoredArray): void {
  const isShape = array.shape.length <= 32 && array.shape.every((size) => Number.isSafeInteger(size) && size >= 0);
  const bytes = array.shape.reduce((product, size) => product * size, elementSize(array.dtype));
  if (!isShape || bytes !== array.data.byteLength) {
    throw new ValueError(
      `[${who}] an array's elements must fit its shape and type. Received: shape=[${array.shape.join(', ')}], dtype=${array.dtype} and ${array.data.byteLength} bytes at ${where}.`,
    );
  }
}
