// What test/engine/cli gives to --custom.
import { ops } from 'evenkeel';

export const customObjects = { double: (x) => ops.multiply(x, 2) };
