export { hsvToRgb, rgbToGrayscale, rgbToHsv } from './color.ts';
export { cropImages, padImages, type CropImagesOptions, type PadImagesOptions } from './edges.ts';
export { elasticTransform, type ElasticTransformOptions } from './elastic-transform.ts';
export { gaussianBlur, sobelEdges, ssim, type GaussianBlurOptions, type SsimOptions } from './filters.ts';
export type { DataFormatOptions } from './images.ts';
export { mapCoordinates, type MapCoordinatesOptions } from './map-coordinates.ts';
export { extractPatches, extractPatches3d, type ExtractPatchesOptions } from './patches.ts';
export { resize, type ImageSize, type Interpolation, type ResizeOptions } from './resize.ts';
export type { FillMode } from './sampling.ts';
export { scaleAndTranslate, type ScaleAndTranslateOptions, type ScaleMethod } from './scale-and-translate.ts';
export {
  affineTransform,
  perspectiveTransform,
  type AffineTransformOptions,
  type PerspectiveTransformOptions,
  type TransformInterpolation,
} from './transforms.ts';
