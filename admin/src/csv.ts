/** CSV: its first lines are read to see how prices are written, and products are written for spreadsheets. */

/** The rows of a CSV, whose cells are parted by a mark. */
function rowsOf(text: string, mark: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [], cell = '', isQuoted = false;
  for (const sign of text) {
    if (sign === '"') isQuoted = !isQuoted;
    else if (isQuoted || (sign !== mark && sign !== '\n')) cell += sign;
    else {
      row.push(cell.trim());
      cell = '';
      if (sign === '\n') rows.push(row);
      if (sign === '\n') row = [];
    }
  }
  return cell === '' && row.length === 0 ? rows : [...rows, [...row, cell.trim()]];
}

const looked_bytes = 64 * 1024;

/** The rows at the beginning of a CSV, the first of which names the columns in lower case. */
async function beginningOf(file: Blob): Promise<{ names: string[]; rows: string[][] }> {
  const text = (await file.slice(0, looked_bytes).text()).replace(/^\uFEFF/, ''), [first = ''] = text.split('\n', 1);
  const mark = [',', ';', '\t'].reduce((best, one) => (first.split(one).length > first.split(best).length ? one : best));
  const [head = [], ...rows] = rowsOf(text, mark);
  if (file.size > looked_bytes) rows.pop(); // it may be cut
  return { names: head.map(name => name.toLowerCase()), rows };
}

const columns_of = {
  name: ['name', 'title', 'post_title', 'product title'],
  price: ['price', 'variant price', 'regular price', 'variant price usd'],
  stock: ['stock_quantity', 'variant inventory qty', 'stock', 'variant inventory quantity', 'quantity'],
};
const shown_rows = 5;

/** Names, prices and stock of a file's first rows, as it has them. Empty if it is no CSV, or has no names. */
export async function firstRows(file: Blob): Promise<{ line: number; name: string; price: string; stock: string }[]> {
  const { names, rows } = await beginningOf(file);
  const cell = (row: string[], of: keyof typeof columns_of) => row[columns_of[of].map(name => names.indexOf(name)).find(at => at >= 0) ?? -1] ?? '';
  return rows.map((row, i) => ({ line: i + 2, name: cell(row, 'name'), price: cell(row, 'price'), stock: cell(row, 'stock') })).filter(({ name }) => name !== '').slice(0, shown_rows);
}

/** Whether a file has prices such as 19.99, or 1999. A file of another system, or of no prices, counts as the former. */
export async function guessPrices(file: Blob): Promise<'decimal' | 'minor'> {
  const { names, rows } = await beginningOf(file), at = names.indexOf('price'), text = await file.slice(0, looked_bytes).text();
  const prices = at >= 0 && names.includes('name') ? rows.map(row => row[at] ?? '') : [...text.matchAll(/"price":\s*"?([\d.,]+)/g)].map(found => found[1]!);
  const written = prices.filter(price => /^\d/.test(price));
  return written.length > 0 && written.every(price => /^\d+$/.test(price)) ? 'minor' : 'decimal';
}

/** A cell. A text that a spreadsheet would run as a formula gets an apostrophe, which the import takes off again. */
function cellOf(value: string | number | boolean | null): string {
  if (typeof value !== 'string') return value === null ? '' : String(value);
  const text = /^['=+\-@\t\r\n]/.test(value) ? `'${value}` : value;
  return /[",\r\n']/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Rows as CSV that spreadsheets open as UTF-8, by the mark at its start. */
export const csvOf = <T extends object>(columns: (keyof T & string)[], rows: T[]): string =>
  ['\uFEFF' + columns.join(','), ...rows.map(row => columns.map(name => cellOf(row[name] as string | number | boolean | null)).join(',')), ''].join('\r\n');
