'use client';
// In place of the whole page, if even its frame fails. Next's own would be styled inline, which the page's policy refuses.
import './globals.css';

export default function GlobalErrorPage() {
  return (
    <html lang="en">
      <body className="shell flex flex-col items-start gap-5 py-16 font-sans">
        <title>The shop is shut for a moment.</title>
        <h1 className="text-4xl font-bold">The shop is shut for a moment.</h1>
        <p className="text-lg text-soft">Your cart and your orders are safe.</p>
        <a href="/" className="button-main">Try again</a>
      </body>
    </html>
  );
}
