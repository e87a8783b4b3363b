import type { Product } from 'till-client';
import { Picture } from './picture';

/** A product's pictures: on a phone a strip to swipe, on a desk the first and below it the others, two in a row. */
export function Gallery({ product }: { product: Product }) {
  const { images = [], name } = product;
  if (images.length < 2) return <Picture product={product} alt={images[0]?.alt || `Drawing: ${name}`} eager size={800} className="rounded-3xl" />;
  return (
    <ul
      aria-label="Pictures" tabIndex={0}
      className="-mx-4 flex snap-x snap-mandatory scroll-px-4 gap-3 overflow-x-auto px-4 md:mx-0 md:grid md:grid-cols-2 md:gap-4 md:overflow-visible md:px-0 md:first:*:col-span-2"
    >
      {images.map(({ media, url, alt, sizes }, i) => (
        <li key={media} className="w-[88%] shrink-0 snap-start md:w-auto">
          <img
            src={url} srcSet={[...sizes.map(({ url, width }) => `${url} ${width}w`)].join(', ') || undefined} sizes="(min-width: 48rem) 50vw, 88vw"
            alt={alt || `${name}, picture ${i + 1}`} width={800} height={800} loading={i === 0 ? 'eager' : 'lazy'} fetchPriority={i === 0 ? 'high' : 'auto'} decoding="async"
            className="picture aspect-square w-full rounded-3xl"
          />
        </li>
      ))}
    </ul>
  );
}
