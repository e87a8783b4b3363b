/**
 * Bars of a series of days: a bar a day, or a week if there are many. The arrow keys go from bar to bar, and a table behind it has the
 * same for those who cannot see it.
 *
 * Bars are placed in per cent of the drawing's width, so that nothing is measured and the text keeps its size.
 */
import { useId, useState } from 'preact/hooks';
import { dayName, niceStep, spanName } from '../format.js';
import { t } from '../texts.js';

interface Day {
  day: string;
  value: number;
}

interface Bar {
  from: string;
  to: string;
  value: number;
}

const bars_max = 60, week = 7, height = 180, foot = 22;

/** Lines at round numbers, three to five, so that the highest bar leaves little room above it. */
function scaleOf(most: number): { step: number; lines: number } {
  const scales = [3, 4, 5].map(lines => ({ lines, step: niceStep(most / lines) }));
  return scales.reduce((best, scale) => (scale.lines * scale.step < best.lines * best.step ? scale : best));
}

/** Weeks that end today; the oldest has the days that are left over. */
function barsOf(days: Day[]): Bar[] {
  if (days.length <= bars_max) return days.map(({ day, value }) => ({ from: day, to: day, value }));
  const rest = days.length % week, bars: Bar[] = [];
  for (let from = 0, to = week + rest; from < days.length; from = to, to += week) {
    const part = days.slice(from, to);
    bars.push({ from: part[0]!.day, to: part.at(-1)!.day, value: part.reduce((sum, { value }) => sum + value, 0) });
  }
  return bars;
}

export function Chart({ label, days, show, short }: { label: string; days: Day[]; show: (n: number) => string; short: (n: number) => string }) {
  const bars = barsOf(days), id = useId();
  const [at, setAt] = useState<number | null>(null);
  const { step, lines } = scaleOf(Math.max(...bars.map(({ value }) => value), 4)), top = step * lines;
  const shown = at === null ? null : bars[Math.min(at, bars.length - 1)]!;
  const y = (value: number) => height - (value / top) * height;
  const keys = (event: KeyboardEvent) => {
    const last = bars.length - 1, now = at ?? last;
    const next = { ArrowLeft: Math.max(now - 1, 0), ArrowRight: Math.min(now + 1, last), Home: 0, End: last }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    setAt(at === null && event.key === 'ArrowLeft' ? last : next);
  };
  const point = (event: PointerEvent & { currentTarget: SVGSVGElement }) => {
    const box = event.currentTarget.getBoundingClientRect();
    setAt(Math.min(bars.length - 1, Math.max(0, Math.floor(((event.clientX - box.left) / box.width) * bars.length))));
  };
  const said = shown ? `${spanName(shown.from, shown.to)}: ${show(shown.value)}` : '';
  return (
    <div class="chart">
      <p class="chart-said" aria-hidden="true">{said || spanName(bars[0]!.from, bars.at(-1)!.to) + (bars.length < days.length ? t.today.byWeek : '')}</p>
      <div class="chart-box">
        <div class="chart-lines" aria-hidden="true">
          {Array.from({ length: lines + 1 }, (_, i) => <span key={i}>{short(step * (lines - i))}</span>)}
        </div>
        <svg class="chart-bars" width="100%" height={height + foot} tabIndex={0} role="slider" aria-label={label} aria-describedby={id}
          aria-valuemin={1} aria-valuemax={bars.length} aria-valuenow={(at ?? bars.length - 1) + 1} aria-valuetext={said || t.today.chartHint}
          onKeyDown={keys} onPointerMove={point} onPointerDown={point} onPointerLeave={() => setAt(null)} onBlur={() => setAt(null)}>
          {Array.from({ length: lines + 1 }, (_, i) => <line key={i} x1="0" x2="100%" y1={y(step * i) + (i === 0 ? 0 : 0.5)} y2={y(step * i) + (i === 0 ? 0 : 0.5)} class={i === 0 ? 'base' : undefined} />)}
          {bars.map(({ from, value }, i) => (
            <rect key={from} class={i === at ? 'at' : undefined} x={`${((i + 0.14) / bars.length) * 100}%`} width={`${(0.72 / bars.length) * 100}%`}
              y={y(value) - (value > 0 ? 1 : 0)} height={(value / top) * height + (value > 0 ? 1 : 0)} rx="2" />
          ))}
          {[0, Math.floor((bars.length - 1) / 2), bars.length - 1].map((i, n) => (
            <text key={n} x={n === 0 ? '0' : n === 2 ? '100%' : `${((i + 0.5) / bars.length) * 100}%`} y={height + 17} text-anchor={['start', 'middle', 'end'][n]}>{dayName(n === 2 ? bars[i]!.to : bars[i]!.from)}</text>
          ))}
        </svg>
      </div>
      <p class="unseen" id={id}>{t.today.chartHint}</p>
      <details class="chart-table">
        <summary>{t.today.asTable}</summary>
        <table aria-label={label}>
          <thead><tr><th scope="col">{t.date}</th><th scope="col" class="number">{label}</th></tr></thead>
          <tbody>{[...bars].reverse().map(({ from, to, value }) => <tr key={from}><td>{spanName(from, to)}</td><td class="number">{show(value)}</td></tr>)}</tbody>
        </table>
        <p class="hint">{t.today.utc}</p>
      </details>
    </div>
  );
}
