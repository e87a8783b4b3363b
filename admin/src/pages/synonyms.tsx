/** Words that mean the same in the shop's search. */
import { api } from '../api.js';
import { Area, FormAlert, useForm } from '../form.js';
import { useUnsaved } from '../router.js';
import { useCan } from '../session.js';
import { refresh, useQuery } from '../store.js';
import { t } from '../texts.js';
import { say } from '../toasts.js';
import { Button, Loaded, PageFrame } from '../ui.js';

export function SynonymsPage() {
  const query = useQuery('synonyms', () => api('get', '/admin/synonyms'));
  return (
    <PageFrame title={t.synonyms.title} narrow>
      <p class="hint under">{t.synonyms.hint}</p>
      <Loaded query={query}>{({ text }) => <SynonymsForm text={text} />}</Loaded>
    </PageFrame>
  );
}

function SynonymsForm({ text }: { text: string }) {
  const form = useForm({ text }), can = useCan();
  useUnsaved(form.isChanged);
  const send = form.submit(async values => {
    await api('put', '/admin/synonyms', { body: { text: values.text } });
    form.reset(values);
    say(t.saved);
    void refresh('synonyms');
  });
  return (
    <form noValidate onSubmit={send} class="stack">
      <Area form={form} name="text" label={t.synonyms.label} rows={16} maxLength={131072} spellcheck={false} placeholder={t.synonyms.example}
        hint={<>{t.synonyms.forms.map(([code, words]) => <span key={code} class="block"><code>{code}</code> {words}</span>)}</>} />
      <FormAlert form={form} />
      {can('products:write') && <div class="actions"><Button type="submit" look="primary" busy={form.busy}>{t.save}</Button></div>}
    </form>
  );
}
