/** Icons of 16 × 16, drawn with lines. */
const shapes = {
  today: 'M2 13V8m4 5V3m4 10V6m4 7V4.5',
  orders: 'M2 8.5h3l1.2 2h3.6l1.2-2h3M2 8.5 4 3h8l2 5.5V13H2z',
  products: 'M8 1.8 14 5v6l-6 3.2L2 11V5zM2 5l6 3.2L14 5M8 8.2v6',
  shipping: 'M1.5 4h8v7.5M9.5 6.5h3l2 2.5v2.5h-1M1.5 4v7.5h1m3.5 0h4M2.5 11.5a1.7 1.7 0 1 0 3.4 0 1.7 1.7 0 1 0-3.4 0m7.3 0a1.7 1.7 0 1 0 3.4 0 1.7 1.7 0 1 0-3.4 0',
  taxes: 'M12.5 3.5l-9 9M5 6.2a1.6 1.6 0 1 0 0-3.2 1.6 1.6 0 0 0 0 3.2zm6 6.8a1.6 1.6 0 1 0 0-3.2 1.6 1.6 0 0 0 0 3.2z',
  settings: 'M2 4.5h7m4 0h1M2 11.5h1m4 0h7M11 6.2a1.7 1.7 0 1 0 0-3.4 1.7 1.7 0 0 0 0 3.4zm-6 7a1.7 1.7 0 1 0 0-3.4 1.7 1.7 0 0 0 0 3.4z',
  staff: 'M6 7.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM1.5 13.5c0-2.5 2-4 4.5-4s4.5 1.5 4.5 4m.5-11a2.5 2.5 0 0 1 0 5m1.5 2c1.3.6 2 2 2 4',
  keys: 'M7.3 8.7 13.5 2.5m-2 2 2 2M9.5 6.5l1.5 1.5M5 13.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z',
  webhooks: 'M6 6 4 10.5m4-6.5a2 2 0 1 0-3 1.7M4 10.5a2 2 0 1 0 1.9 2.6H11m-3-9 2.3 4.4m.7 4.6a2 2 0 1 0-.7-4.6',
  mails: 'M1.5 3.5h13v9h-13zm0 .5L8 9l6.5-5',
  audit: 'M3 2h10v12H3zM5.5 5.5h5m-5 2.5h5m-5 2.5h3',
  synonyms: 'M2 5.5h9.5L9 3m5 7.5H4.5L7 13',
  search: 'M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10zm3.7-1.3L14 14',
  plus: 'M8 3v10M3 8h10',
  check: 'm3 8.5 3.5 3.5L13 4.5',
  x: 'm4 4 8 8m0-8-8 8',
  back: 'M10 3 5 8l5 5',
  next: 'm6 3 5 5-5 5',
  print: 'M4.5 6V2h7v4M4.5 11H2V6h12v5h-2.5M4.5 9h7v5h-7z',
  download: 'M8 2v8m-3-3 3 3 3-3M2.5 13.5h11',
  upload: 'M8 10V2M5 5l3-3 3 3M2.5 13.5h11',
  menu: 'M2 4h12M2 8h12M2 12h12',
  sun: 'M8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM8 1v1.5m0 11V15M1 8h1.5m11 0H15M3 3l1 1m8 8 1 1M3 13l1-1m8-8 1-1',
  contrast: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 2v12M8 5h4.5M8 8h6M8 11h4.5',
  moon: 'M13.5 9.5A6 6 0 0 1 6.5 2.5a6 6 0 1 0 7 7z',
  customers: 'M8 8a2.6 2.6 0 1 0 0-5.2A2.6 2.6 0 0 0 8 8zm-5.5 5.5h11c0-2.4-2.3-3.7-5.5-3.7s-5.5 1.3-5.5 3.7z',
  account: 'M8 8.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM2.5 14c.3-2.5 2.5-4 5.5-4s5.2 1.5 5.5 4',
  copy: 'M5.5 5.5V2h8.5v8.5h-3.5M2 5.5h8.5V14H2z',
  note: 'M3 2h10v8l-3.5 4H3zm6.5 12v-4H13',
  edit: 'm10 3.5 2.5 2.5L6 12.5l-3 .5.5-3zm1.5-1.5 2.5 2.5',
  trash: 'M3 4.5h10M6.5 4.5V2.5h3v2m2.5 0-.6 9H4.6l-.6-9',
  keyboard: 'M1.5 4h13v8h-13zM4 6.5h0m2.7 0h0m2.7 0h0m2.6 0h0M4.5 9.5h7',
  image: 'M2 3h12v10H2zm0 8 3.5-3.5 3 3L11 8l3 3M6 6.2h0',
} satisfies Record<string, string>;

export type IconName = keyof typeof shapes;

export const Icon = ({ name }: { name: IconName }) => (
  <svg class="i" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><path d={shapes[name]} /></svg>
);

/** Till's mark. It is src/icon.svg, drawn here: a picture of its own would be another document for the browser. */
export const Mark = ({ side }: { side: number }) => (
  <svg viewBox="0 0 24 24" width={side} height={side} aria-hidden="true"><rect width="24" height="24" rx="6" fill="#0f7a63" /><path d="M6 8h12M12 8v10" stroke="#fff" stroke-width="2.6" stroke-linecap="round" /></svg>
);
