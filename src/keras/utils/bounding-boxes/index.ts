export { type AffineTransformOptions, affineTransform } from './affine-transform.ts';
export {
  type BoundingBoxRecord,
  type ClipOptions,
  type ConvertFormatOptions,
  type CornerOptions,
  type PadOptions,
  clipToImageSize,
  convertFormat,
  crop,
  pad,
} from './converters.ts';
export { type DecodeOptions, type EncodeOptions, decodeDeltasToBoxes, encodeBoxToDeltas } from './deltas.ts';
export { type CiouOptions, type IouOptions, computeCiou, computeIou } from './iou.ts';
