// In one time zone for server and browser, so that both write the same.
const day = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' });
const time = new Intl.DateTimeFormat('en-GB', { timeStyle: 'short', timeZone: 'UTC' });

export function When({ at, withTime = false }: { at: string; withTime?: boolean }) {
  const date = new Date(at);
  return <time dateTime={at}>{day.format(date)}{withTime && `, ${time.format(date)} UTC`}</time>;
}
