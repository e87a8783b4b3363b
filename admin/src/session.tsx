/** Who is signed in, and what they may do. */
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Schemas } from './api.js';

export type Me = Schemas['StaffMe'];
export type Scope = Me['scopes'][number];

export interface Session {
  me: Me;
  currency: string;
  signOut: () => void;
}

export const SessionContext = createContext<Session | null>(null);

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error('nobody is signed in');
  return session;
}

/** Whether the one who is signed in may do this. */
export function useCan(): (scope: Scope) => boolean {
  const { me } = useSession();
  return scope => me.scopes.includes(scope);
}
