import type { Image } from './image.ts';

/** Pixels without compression, and those of 32 bits that say where their channels are. */
const [RGB, BITFIELDS] = [0, 3];

/**
 * Decodes a BMP without compression, of 1, 4 or 8 bits with a palette, 24 or 32 bits. The packages for BMP ignore palettes, need
 * Node's buffers, or cannot read rows from top to bottom.
 *
 * @throws Error, or RangeError where the file ends early
 */
export function decodeBmp(bytes: Uint8Array, mostPixels: number): Image {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [start, headerSize] = [view.getUint32(10, true), view.getUint32(14, true)];
  if (headerSize < 40) throw new Error(`a header of ${headerSize} bytes`);
  const [width, signedHeight] = [view.getInt32(18, true), view.getInt32(22, true)];
  const height = Math.abs(signedHeight);
  const [depth, compression] = [view.getUint16(28, true), view.getUint32(30, true)];
  if (width <= 0 || height * width > mostPixels) throw new Error(`${width} × ${height} pixels`);
  if (![1, 4, 8, 24, 32].includes(depth) || !(compression === RGB || (compression === BITFIELDS && depth === 32))) {
    throw new Error(`${depth} bits a pixel with compression ${compression}`);
  }
  const masks = compression === BITFIELDS ? [54, 58, 62].map((at) => view.getUint32(at, true)) : null;
  if (masks !== null && String(masks) !== String([0xff0000, 0xff00, 0xff]))
    throw new Error('channels in another order');
  const hasAlpha = masks !== null && headerSize >= 56 && view.getUint32(66, true) !== 0;
  const channels = hasAlpha ? 4 : 3;
  const data = new Float32Array(width * height * channels);
  const rowBytes = Math.ceil((width * depth) / 32) * 4;
  for (let row = 0; row < height; row++) {
    // Rows begin at the bottom, unless the height is negative.
    const from = start + (signedHeight < 0 ? row : height - 1 - row) * rowBytes;
    for (let column = 0; column < width; column++) {
      const pixel =
        depth >= 24 ? from + (column * depth) / 8 : 14 + headerSize + 4 * indexAt(view, from, column, depth);
      const to = (row * width + column) * channels;
      for (let color = 0; color < 3; color++) data[to + color] = view.getUint8(pixel + 2 - color);
      if (hasAlpha) data[to + 3] = view.getUint8(pixel + 3);
    }
  }
  return { height, width, channels, data };
}

/** The place of a pixel's color in the palette: most significant bit first. */
function indexAt(view: DataView, row: number, column: number, depth: number): number {
  const bit = column * depth;
  return (view.getUint8(row + (bit >> 3)) >> (8 - depth - (bit & 7))) & (2 ** depth - 1);
}
