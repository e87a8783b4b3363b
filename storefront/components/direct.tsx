'use client';
// The cross-origin set-up's pages of orders and checkouts, which nobody else should have to load.
import { lazy, Suspense, type ComponentProps } from 'react';

const Orders = lazy(() => import('./direct-orders').then(parts => ({ default: parts.Orders })));
const OneOrder = lazy(() => import('./direct-orders').then(parts => ({ default: parts.DirectOrder })));

const moment = <p className="min-h-96 pt-16 text-soft" role="status">One moment …</p>;

export const DirectOrders = () => <Suspense fallback={moment}><Orders /></Suspense>;
export const DirectOrder = (props: ComponentProps<typeof OneOrder>) => <Suspense fallback={moment}><OneOrder {...props} /></Suspense>;
