import type { Metadata } from 'next';
import { ResultsPage } from '@/components/results';
import { readFilters, searchPath, type SearchParams } from '@/lib/filters';
import { described } from '@/lib/site';

interface Props { searchParams: Promise<SearchParams> }

export async function generateMetadata({ searchParams }: Props): Promise<Metadata> {
  const { q, page } = readFilters(await searchParams);
  return q ? { title: q, robots: { index: false } } : described(searchPath({ page }), { title: 'Everything' });
}

export default async function Search({ searchParams }: Props) {
  const filters = readFilters(await searchParams);
  return <ResultsPage filters={filters} title={filters.q ? `“${filters.q}”` : 'Everything'} />;
}
