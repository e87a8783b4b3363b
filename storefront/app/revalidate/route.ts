// POST /revalidate empties caches, so that a change of the catalogue shows at once and not within a minute. Two may call it:
//
//   Till's owner   Authorization: Bearer $REVALIDATE_SECRET, {"tags": ["catalogue"]}
//   Till itself    a webhook, signed with $CATALOGUE_WEBHOOK_SECRET; its events of products count, and others do nothing
import { createHash, timingSafeEqual } from 'node:crypto';
import { revalidateTag } from 'next/cache';
import { Webhook } from 'standardwebhooks';

const TAGS_MAX = 100, BYTES_MAX = 100_000;

const digest = (text: string) => createHash('sha256').update(text).digest();

const isOwner = (request: Request) => {
  const secret = process.env.REVALIDATE_SECRET;
  return !!secret && timingSafeEqual(digest(request.headers.get('authorization') ?? ''), digest(`Bearer ${secret}`));
};

/** The type of the event that Till has signed; null if it has not. */
const signedType = (request: Request, body: string): string | null => {
  const secret = process.env.CATALOGUE_WEBHOOK_SECRET;
  if (!secret) return null;
  try {
    return String((new Webhook(secret).verify(body, Object.fromEntries(request.headers)) as { type?: unknown }).type);
  } catch {
    return null;
  }
};

/** The tags of an owner's body, which may be empty; null if it is wrong. */
function tagsOf(body: string): string[] | null {
  if (body === '') return ['catalogue'];
  try {
    const tags: unknown = (JSON.parse(body) as { tags?: unknown } | null)?.tags ?? ['catalogue'];
    return Array.isArray(tags) && tags.length <= TAGS_MAX && tags.every(tag => typeof tag === 'string') ? tags : null;
  } catch {
    return null;
  }
}

export async function POST(request: Request) {
  const byOwner = isOwner(request), size = request.headers.get('content-length');
  if (!byOwner && (size === null || Number(size) > BYTES_MAX)) return Response.json({ detail: `Send at most ${BYTES_MAX} bytes, and say how many` }, { status: 413 });
  const body = await request.text();
  const type = byOwner ? null : signedType(request, body);
  if (!byOwner && type === null)
    return Response.json({ detail: 'Send REVALIDATE_SECRET as a bearer token, or sign with CATALOGUE_WEBHOOK_SECRET' }, { status: 401 });
  const tags = byOwner ? tagsOf(body) : type?.startsWith('product.') ? ['catalogue'] : [];
  if (!tags) return Response.json({ detail: `tags is a list of at most ${TAGS_MAX} names` }, { status: 422 });
  for (const tag of tags) revalidateTag(tag, { expire: 0 });
  return Response.json({ revalidated: tags });
}
