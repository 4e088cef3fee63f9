import type { Model } from 'evenkeel';

/** ResNet-50 for images of [224, 224, 3] by default. */
export declare function resNet50(shape?: readonly number[]): Model;

/** MobileNetV2 for images of [224, 224, 3] by default. */
export declare function mobileNetV2(shape?: readonly number[]): Model;
