/** A decoded image: rows of pixels, channels last, numbers in [0, 255]. */
export interface Image {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly data: Float32Array;
}
