/** A product's pictures: dropped, chosen or pasted, put into order, described, removed. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { api, type Schemas } from '../api.js';
import { uploadPicture } from '../media.js';
import { useCan } from '../session.js';
import { change, refresh, useQuery } from '../store.js';
import { t } from '../texts.js';
import { act, reasonOf, sayError } from '../toasts.js';
import { Button, Loaded, Section } from '../ui.js';
import { Picture, pictureOf } from './picture.js';
import { product_keys } from './product_change.js';
import type { Product } from './product_list.js';

type Image = Schemas['ProductImage'];

const imagesKey = (id: string) => `product:${id}:images`;
const choicesOf = (images: Image[]) => images.map(({ media, alt }) => ({ media, alt }));
const put = (product_id: string, images: Image[]) => api('put', '/products/{product_id}/images', { path: { product_id }, body: { images: choicesOf(images) } });

export function Pictures({ product }: { product: Product }) {
  const can = useCan();
  const query = useQuery(imagesKey(product.id), () => api('get', '/products/{product_id}/images', { path: { product_id: product.id } }));
  const images = query.data ?? [];
  const save = (next: Image[], done?: string) => act({
    apply: () => change<Image[]>(imagesKey(product.id), () => next),
    send: () => put(product.id, next),
    undo: done ? { what: t.undoOf.pictures(product.name), run: () => put(product.id, images) } : undefined,
    done, failed: t.product.picturesNotSaved, refresh: [...product_keys],
  });
  const add = async (media: Schemas['Media'][]) => {
    const known = new Set(images.map(image => image.media));
    const fresh = media.filter(({ hash }) => !known.has(hash)).map(({ hash, url, width, height, sizes }): Image => ({ media: hash, alt: '', url, width, height, sizes }));
    await save([...images, ...fresh]);
    void refresh('products:');
  };
  return (
    <Section title={t.product.pictures}>
      <Loaded query={query}>{() => <PictureRow images={images} edits={can('products:write')} save={save} />}</Loaded>
      {query.data?.length === 0 && product.image_url !== '' && <WebPicture product={product} edits={can('products:write')} />}
      {can('products:write') && <DropZone add={add} />}
    </Section>
  );
}

/** The picture from a web address. If it cannot be shown, it says so, and offers to remove it. */
function WebPicture({ product, edits }: { product: Product; edits: boolean }) {
  const [failed, setFailed] = useState(false);
  const isBroken = failed || pictureOf(product.image_url) === null;
  const remove = (image_url: string) => api('patch', '/products/{product_id}', { path: { product_id: product.id }, body: { image_url } });
  return (
    <div class="pictures">
      <Picture url={product.image_url} large onFailed={() => setFailed(true)} />
      {isBroken && (
        <div class="stack broken">
          <p class="wrong">{t.product.brokenPicture} <span class="break">{product.image_url}</span></p>
          {edits && <div class="actions"><Button onClick={() => void act({ send: () => remove(''), undo: { what: t.undoOf.pictures(product.name), run: () => remove(product.image_url) }, done: t.product.pictureRemoved, failed: t.product.picturesNotSaved, refresh: product_keys })}>{t.product.removeBroken}</Button></div>}
        </div>
      )}
    </div>
  );
}

function PictureRow({ images, edits, save }: { images: Image[]; edits: boolean; save: (next: Image[], done?: string) => unknown }) {
  const [dragged, setDragged] = useState<number | null>(null);
  const move = (from: number, to: number) => {
    const next = [...images], [moved] = next.splice(from, 1);
    next.splice(to, 0, moved!);
    void save(next);
  };
  if (images.length === 0) return null;
  return (
    <ul class="pictures">
      {images.map((image, i) => (
        <li key={image.media} draggable={edits} class={dragged === i ? 'dragged' : undefined}
          onDragStart={event => { setDragged(i); event.dataTransfer?.setData('text/plain', String(i)); }} onDragEnd={() => setDragged(null)}
          onDragOver={event => { if (dragged !== null) event.preventDefault(); }}
          onDrop={event => { if (dragged === null) return; event.preventDefault(); event.stopPropagation(); if (dragged !== i) move(dragged, i); setDragged(null); }}>
          <img src={pictureOf(image.sizes[0]?.url ?? image.url) ?? ''} alt={image.alt || t.product.picture(i + 1)} width={160} height={160} loading="lazy" decoding="async" />
          {edits && (
            <>
              <input type="text" aria-label={`${t.product.alt}, ${t.product.picture(i + 1)}`} placeholder={t.product.alt} defaultValue={image.alt} maxLength={200}
                onChange={event => { if (event.currentTarget.value.trim() !== image.alt) void save(images.map(one => (one === image ? { ...image, alt: event.currentTarget.value.trim() } : one))); }} />
              <span class="actions tight-actions">
                <button type="button" class="icon" aria-label={t.product.pictureLeft(i + 1)} disabled={i === 0} onClick={() => move(i, i - 1)}>←</button>
                <button type="button" class="icon" aria-label={t.product.pictureRight(i + 1)} disabled={i === images.length - 1} onClick={() => move(i, i + 1)}>→</button>
                <button type="button" class="icon" aria-label={t.product.removePicture(i + 1)} onClick={() => void save(images.filter(one => one !== image), t.product.pictureRemoved)}>×</button>
              </span>
            </>
          )}
        </li>
      ))}
    </ul>
  );
}

/** Takes pictures that are dropped here, chosen, or pasted anywhere on the page. */
export function DropZone({ add }: { add: (media: Schemas['Media'][]) => Promise<unknown> }) {
  const [sending, setSending] = useState<{ name: string; url: string }[]>([]);
  const [isOver, setOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const take = async (list: FileList | null | undefined) => {
    const files = [...(list ?? [])].filter(({ type }) => type.startsWith('image/') || type === '');
    if (files.length === 0) return;
    const shown = files.map(file => ({ name: file.name, url: URL.createObjectURL(file) }));
    setSending(now => [...now, ...shown]);
    for (const [i, file] of files.entries()) {
      await uploadPicture(file).then(media => latestAdd.current([media]), (error: unknown) => sayError(`${t.product.pictureFailed}: ${error instanceof Error && error.message === t.product.unreadable ? error.message : reasonOf(error)}`));
      setSending(now => now.filter(one => one !== shown[i]));
      URL.revokeObjectURL(shown[i]!.url);
    }
  };
  const latestAdd = useRef(add);
  latestAdd.current = add;
  const latest = useRef(take);
  latest.current = take;
  useEffect(() => {
    const paste = (event: ClipboardEvent) => void latest.current(event.clipboardData?.files);
    addEventListener('paste', paste);
    return () => removeEventListener('paste', paste);
  }, []);
  return (
    <>
    {sending.length > 0 && <ul class="pictures sending">{sending.map(({ name, url }) => <li key={url}><img src={url} alt={name} width={160} height={160} /><progress aria-label={t.product.uploading(1)} /></li>)}</ul>}
    <div class={isOver ? 'drop over' : 'drop'}
      onDragOver={event => { event.preventDefault(); setOver(true); }} onDragLeave={() => setOver(false)}
      onDrop={event => { event.preventDefault(); setOver(false); void take(event.dataTransfer?.files); }}>
      <input ref={input} type="file" accept="image/*" multiple class="unseen" tabIndex={-1} aria-label={t.product.choosePictures} onChange={event => { void take(event.currentTarget.files); event.currentTarget.value = ''; }} />
      <Button icon="image" busy={sending.length > 0} onClick={() => input.current?.click()}>{t.product.choosePictures}</Button>
      <p class="hint" aria-live="polite">{sending.length > 0 ? t.product.uploading(sending.length) : t.product.picturesHint}</p>
    </div>
    </>
  );
}
