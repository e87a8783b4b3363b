'use server';
import { openOrder, type Opened } from '@/lib/lookup';
import { tillForShopper } from '@/lib/till';

export const open = async (token: string): Promise<Opened> => openOrder(await tillForShopper(), token);
