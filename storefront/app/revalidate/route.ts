// POST /revalidate, Authorization: Bearer $REVALIDATE_SECRET, {"tags": ["catalogue"]}: what Till's owner calls after a
// change of the catalogue, so that the pages show it at once and not within a minute.
import { createHash, timingSafeEqual } from 'node:crypto';
import { revalidateTag } from 'next/cache';

const TAGS_MAX = 100;

const digest = (text: string) => createHash('sha256').update(text).digest();

const allowed = (request: Request) => {
  const secret = process.env.REVALIDATE_SECRET;
  return !!secret && timingSafeEqual(digest(request.headers.get('authorization') ?? ''), digest(`Bearer ${secret}`));
};

export async function POST(request: Request) {
  if (!allowed(request)) return Response.json({ detail: 'Send REVALIDATE_SECRET as a bearer token' }, { status: 401 });
  const body: unknown = await request.json().catch(() => null);
  const tags = (body as { tags?: unknown } | null)?.tags ?? ['catalogue'];
  if (!Array.isArray(tags) || tags.length > TAGS_MAX || !tags.every(tag => typeof tag === 'string'))
    return Response.json({ detail: 'tags is a list of at most 100 names' }, { status: 422 });
  for (const tag of tags) revalidateTag(tag, { expire: 0 });
  return Response.json({ revalidated: tags });
}
