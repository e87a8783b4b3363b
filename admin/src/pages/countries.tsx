/** A list of countries, chosen one by one or a whole union at once. */
import { countries, countryName } from '../format.js';
import { t } from '../texts.js';
import { Button } from '../ui.js';

const eu = 'AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK'.split(' ');

export function CountryPicker({ label, hint, chosen, onChange, error }: { label: string; hint: string; chosen: string[]; onChange: (codes: string[]) => void; error?: string | undefined }) {
  const add = (codes: string[]) => onChange([...chosen, ...codes.filter(code => !chosen.includes(code))].sort());
  return (
    <fieldset class="field countries">
      <legend>{label}</legend>
      {chosen.length > 0 && (
        <ul class="chips">
          {chosen.map(code => (
            <li key={code}>{countryName(code)}<button type="button" class="icon" aria-label={t.countries.remove(countryName(code))} onClick={() => onChange(chosen.filter(one => one !== code))}>×</button></li>
          ))}
        </ul>
      )}
      <div class="actions">
        <select aria-label={t.countries.add} value="" onChange={event => { if (event.currentTarget.value) add([event.currentTarget.value]); event.currentTarget.value = ''; }}>
          <option value="">{t.countries.add}</option>
          {countries().filter(({ code }) => !chosen.includes(code)).map(({ code, name }) => <option key={code} value={code}>{name}</option>)}
        </select>
        <Button look="quiet" onClick={() => add(eu)}>{t.countries.eu}</Button>
        {chosen.length > 0 && <Button look="quiet" onClick={() => onChange([])}>{t.clear}</Button>}
      </div>
      {error && <p class="wrong">{error}</p>}
      <p class="hint">{hint}</p>
    </fieldset>
  );
}

/** `France, Germany and 3 more`, or everywhere. */
export function placesOf(codes: string[]): string {
  if (codes.length === 0) return t.countries.everywhere;
  const shown = codes.slice(0, 3).map(countryName).join(', ');
  return codes.length > 3 ? t.countries.andMore(shown, codes.length - 3) : shown;
}
