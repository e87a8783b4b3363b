'use client';
// A moment in the shopper's own time zone, which only the browser knows: the page comes with UTC, as a page without a script
// stays, and the browser writes its own once it is there. The zone stands beside each time.
import { useSyncExternalStore } from 'react';

function written(at: string, withTime: boolean, timeZone?: string): string {
  const date = new Date(at);
  const day = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone }).format(date);
  return withTime ? `${day}, ${new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', timeZoneName: 'short', timeZone }).format(date)}` : day;
}

const never = () => () => {};

export function When({ at, withTime = false }: { at: string; withTime?: boolean }) {
  const text = useSyncExternalStore(never, () => written(at, withTime), () => written(at, withTime, 'UTC'));
  return <time dateTime={at}>{text}</time>;
}
