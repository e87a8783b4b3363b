/**
 * Pictures. The browser decodes and scales them before they are sent: a phone's 12 megapixels become some hundred kilobytes, and where they
 * were taken is no longer in them.
 */
import { sendFile, type Schemas } from './api.js';
import { t } from './texts.js';

type Media = Schemas['Media'];

const side_max = 1600; // pixels of the longer side
const small_width = 400; // of the copy for lists
const bytes_max = 1024 * 1024;

/** Draws a picture at a width, and compresses it: WebP, or JPEG where the browser has no WebP. */
async function draw(picture: ImageBitmap, width: number, quality: number): Promise<Blob> {
  const canvas = new OffscreenCanvas(width, Math.max(1, Math.round((picture.height * width) / picture.width)));
  const context = canvas.getContext('2d')!;
  context.imageSmoothingQuality = 'high';
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  const blob = await canvas.convertToBlob({ type: 'image/webp', quality });
  return blob.type === 'image/webp' ? blob : canvas.convertToBlob({ type: 'image/jpeg', quality });
}

/** At the best quality that fits. */
async function drawToFit(picture: ImageBitmap, width: number): Promise<Blob> {
  for (const quality of [0.82, 0.6, 0.4]) {
    const blob = await draw(picture, width, quality);
    if (blob.size <= bytes_max) return blob;
  }
  return drawToFit(picture, Math.ceil(width / 2));
}

/** Scales a file, and uploads it with its small copy. Throws if the browser cannot read it. */
export async function uploadPicture(file: Blob): Promise<Media> {
  const picture = await createImageBitmap(file, { imageOrientation: 'from-image' }).catch(() => Promise.reject(new Error(t.product.unreadable)));
  try {
    const width = Math.max(1, Math.round(picture.width * Math.min(1, side_max / Math.max(picture.width, picture.height))));
    const media = await sendFile('post', '/admin/media', {}, await drawToFit(picture, width));
    if (media.width <= small_width || media.sizes.some(size => size.width === small_width)) return media;
    return await sendFile('put', '/admin/media/{hash}/sizes/{width}', { hash: media.hash, width: String(small_width) }, await draw(picture, small_width, 0.8));
  } finally {
    picture.close();
  }
}
