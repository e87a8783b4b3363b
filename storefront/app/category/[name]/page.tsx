import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { ResultsPage } from '@/components/results';
import { categories } from '@/lib/catalogue';
import { readFilters, type SearchParams } from '@/lib/filters';

interface Props { params: Promise<{ name: string }>; searchParams: Promise<SearchParams> }

const titled = (name: string) => name.charAt(0).toUpperCase() + name.slice(1);

async function nameOf({ params }: Props) {
  const name = decodeURIComponent((await params).name);
  if (!(await categories()).some(({ category }) => category === name)) notFound();
  return name;
}

export async function generateMetadata(props: Props): Promise<Metadata> {
  return { title: titled(await nameOf(props)) };
}

export default async function Category(props: Props) {
  const name = await nameOf(props);
  return <ResultsPage filters={readFilters(await props.searchParams, name)} title={titled(name)} />;
}
