import type { Metadata } from 'next';
import { ResultsPage } from '@/components/results';
import { readFilters, type SearchParams } from '@/lib/filters';

interface Props { searchParams: Promise<SearchParams> }

export async function generateMetadata({ searchParams }: Props): Promise<Metadata> {
  const { q } = readFilters(await searchParams);
  return { title: q || 'Everything', robots: q ? { index: false } : undefined };
}

export default async function Search({ searchParams }: Props) {
  const filters = readFilters(await searchParams);
  return <ResultsPage filters={filters} title={filters.q ? `“${filters.q}”` : 'Everything'} />;
}
