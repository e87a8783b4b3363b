// How far an order is: what was sent, and what has happened.
import { happeningWords, isSent, statusWords, trackingLink, type Happening, type Parcel } from '@/lib/tracking';
import { When } from './when';

/** The parcels that were sent. Nothing if there are none. */
export function Parcels({ parcels: all, className }: { parcels: Parcel[]; className: string }) {
  const parcels = all.filter(isSent);
  if (parcels.length === 0) return null;
  return (
    <section aria-labelledby="parcels" className={className}>
      <h2 id="parcels" className="mb-3 text-xl font-bold tracking-tight">{parcels.length === 1 ? 'Your parcel' : 'Your parcels'}</h2>
      <ol className="divide-y divide-line rounded-2xl border border-line">
        {parcels.map((parcel, i) => <OneParcel key={parcel.id ?? i} parcel={parcel} title={parcels.length === 1 ? 'Parcel' : `Parcel ${i + 1}`} />)}
      </ol>
    </section>
  );
}

function OneParcel({ parcel, title }: { parcel: Parcel; title: string }) {
  const { status, carrier, tracking_number, tracking_url, shipped_at, delivered_at, contents } = parcel;
  const link = trackingLink(tracking_url);
  const facts = [
    ['Sent', <When key="" at={shipped_at} />],
    delivered_at && ['Arrived', <When key="" at={delivered_at} />],
    carrier && ['Carrier', carrier],
    tracking_number && ['Tracking number', <span key="" className="figures select-all">{tracking_number}</span>],
  ].filter(fact => !!fact);
  return (
    <li className="break-inside-avoid p-6 wrap-anywhere">
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1">
        <h3 className="font-semibold">{title}</h3>
        <p className={`rounded-full px-3 py-1 text-sm font-medium print:p-0 ${status === 'lost' ? 'bg-warn-wash text-warn' : 'bg-wash text-accent'}`}>{statusWords(parcel)}</p>
      </div>
      <ul className="mt-2">{contents.map(({ name, quantity }, i) => <li key={i}>{quantity} × {name}</li>)}</ul>
      <dl className="mt-4 grid gap-x-8 gap-y-3 sm:grid-cols-2">
        {facts.map(([term, what]) => <div key={String(term)}><dt className="text-sm text-soft">{term}</dt><dd>{what}</dd></div>)}
      </dl>
      {link && (
        <p className="mt-4">
          <a href={link.href} rel="noreferrer nofollow" className="link inline-block py-1 print:hidden">Track it at {link.host.replace(/^www\./, '')}</a>
          <span className="hidden text-sm print:inline">{link.href}</span>
        </p>
      )}
    </li>
  );
}

/** What has happened, oldest first. `currency` is that of the amounts in it. */
export function Timeline({ events, parcels, currency }: { events: Happening[]; parcels: Parcel[]; currency?: string }) {
  const sent = parcels.filter(isSent);
  const entries = events.flatMap(event => {
    const words = happeningWords(event, sent, currency);
    return words ? [{ at: event.at, words }] : [];
  });
  return (
    <section aria-labelledby="timeline" className="mt-8 break-inside-avoid print:mt-4">
      <h2 id="timeline" className="mb-4 text-xl font-bold tracking-tight print:mb-1">What has happened</h2>
      <ol className="ml-1.5 flex flex-col gap-5 border-l-2 border-line pl-6 print:gap-0 print:border-0 print:pl-0">
        {entries.map(({ at, words }, i) => (
          <li key={i} className="relative print:flex print:gap-2">
            <span aria-hidden="true" className={`absolute top-1.5 -left-[calc(1.5rem+7px)] size-3 rounded-full print:hidden ${i === entries.length - 1 ? 'bg-accent' : 'bg-soft'}`} />
            <p className="font-medium">{words}</p>
            <p className="text-sm text-soft"><When at={at} withTime /></p>
          </li>
        ))}
      </ol>
    </section>
  );
}
