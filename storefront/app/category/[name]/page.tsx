import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { ResultsPage } from '@/components/results';
import { categories } from '@/lib/catalogue';
import { readFilters, searchPath, type SearchParams } from '@/lib/filters';
import { shop } from '@/lib/shop';
import { described } from '@/lib/site';

interface Props { params: Promise<{ name: string }>; searchParams: Promise<SearchParams> }

const titled = (name: string) => name.charAt(0).toUpperCase() + name.slice(1);

async function nameOf({ params }: Props) {
  const name = decodeURIComponent((await params).name);
  if (!(await categories()).some(({ category }) => category === name)) notFound();
  return name;
}

export async function generateMetadata(props: Props): Promise<Metadata> {
  const category = await nameOf(props), { page } = readFilters(await props.searchParams);
  return described(searchPath({ category, page }), { title: titled(category), description: `${titled(category)} at ${shop.name}. ${shop.about}` });
}

export default async function Category(props: Props) {
  const name = await nameOf(props);
  return <ResultsPage filters={readFilters(await props.searchParams, name)} title={titled(name)} />;
}
