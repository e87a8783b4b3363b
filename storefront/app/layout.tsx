import type { Metadata, Viewport } from 'next';
import localFont from 'next/font/local';
import { connection } from 'next/server';
import type { ReactNode } from 'react';
import { CartProvider } from '@/components/cart';
import { CartDrawer } from '@/components/cart-drawer';
import { Footer, Header } from '@/components/header';
import { categories } from '@/lib/catalogue';
import { shop } from '@/lib/shop';
import { publicUrl, shopper } from '@/lib/till';
import './globals.css';

// From this server. `optional`: a page whose font is late is shown, and stays, in the system's, so that no text moves.
const body = localFont({
  src: '../node_modules/@fontsource-variable/instrument-sans/files/instrument-sans-latin-wght-normal.woff2',
  weight: '400 700',
  variable: '--font-body',
  display: 'optional',
});

export const metadata: Metadata = {
  title: { default: `${shop.name}: ${shop.line}`, template: `%s · ${shop.name}` },
  description: shop.about,
};

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
  return (
    <html lang="en" className={body.variable}>
      <body className="flex min-h-dvh flex-col font-sans">
        <CartProvider initial={cart?.items ?? null} direct={direct}>
          <Header categories={menu.map(({ category }) => category)} />
          <main id="main" tabIndex={-1} className="shell grow outline-none">{children}</main>
          <Footer />
          <CartDrawer />
        </CartProvider>
      </body>
    </html>
  );
}
