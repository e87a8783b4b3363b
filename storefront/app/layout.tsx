import type { Metadata, Viewport } from 'next';
import { connection } from 'next/server';
import type { ReactNode } from 'react';
import { CartProvider } from '@/components/cart';
import { CartDrawer } from '@/components/cart-drawer';
import { Footer, Header } from '@/components/header';
import { loadFont } from '@/lib/brand-font';
import { categories } from '@/lib/catalogue';
import { shop } from '@/lib/shop';
import { siteUrl } from '@/lib/site';
import { publicUrl, shopper } from '@/lib/till';
import './globals.css';

export const generateMetadata = async (): Promise<Metadata> => ({
  metadataBase: new URL(await siteUrl()),
  title: { default: `${shop.name}: ${shop.line}`, template: `%s · ${shop.name}` },
  description: shop.about,
});

export const viewport: Viewport = {
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#fcfcfb' },
    { media: '(prefers-color-scheme: dark)', color: '#0f1415' },
  ],
};

export default async function Layout({ children }: { children: ReactNode }) {
  await connection(); // nothing is asked of Till while building
  const direct = publicUrl();
  // Where Till cannot be asked the frame stands all the same, and the page inside says so.
  const [menu, cart] = await Promise.all([
    categories().catch(() => []),
    direct ? null : shopper().then(shopper => shopper.cart()),
  ]);
  const names = menu.map(({ category }) => category);
  return (
    <html lang="en">
      <head><script dangerouslySetInnerHTML={{ __html: loadFont }} /></head>
      <body className="flex min-h-dvh flex-col font-sans">
        <CartProvider initial={cart?.items ?? null} direct={direct}>
          <Header categories={names} />
          <main id="main" tabIndex={-1} className="shell grow outline-none">{children}</main>
          <Footer categories={names} />
          <CartDrawer />
        </CartProvider>
      </body>
    </html>
  );
}
