import type { Product } from 'till-client';

/**
 * A product's picture in a square that is there before the picture is; a stand-in (`picture` in globals.css) if it has none,
 * or if it does not load. `eager` for what one sees first.
 */
export function Picture({ product: { image_url }, eager = false, className = '', size = 600, alt = '' }: {
  product: { image_url: Product['image_url'] | null };
  eager?: boolean;
  className?: string;
  size?: number;
  alt?: string; // nothing if the name stands beside it
}) {
  const classes = `picture aspect-square w-full ${className}`;
  if (!image_url) return <span className={`${classes} block`} />;
  return (
    // Drawings of a few KB each, served by Till with a lasting address: there is nothing to resize or to convert.
    <img
      src={image_url} alt={alt} width={size} height={size}
      loading={eager ? 'eager' : 'lazy'} fetchPriority={eager ? 'high' : 'auto'} decoding="async"
      className={classes}
    />
  );
}
