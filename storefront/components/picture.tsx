import type { Product } from 'till-client';

/** A product's picture in a square that is there before the picture is. `eager` for what one sees first. */
export function Picture({ product, eager = false, className = '', size = 600, alt = '' }: {
  product: Pick<Product, 'image_url'>;
  eager?: boolean;
  className?: string;
  size?: number;
  alt?: string; // nothing where the name stands beside it
}) {
  return (
    // Drawings of a few KB each, served by Till with a lasting address: there is nothing to resize or to convert.
    <img
      src={product.image_url} alt={alt} width={size} height={size}
      loading={eager ? 'eager' : 'lazy'} fetchPriority={eager ? 'high' : 'auto'} decoding="async"
      className={`picture aspect-square w-full ${className}`}
    />
  );
}
