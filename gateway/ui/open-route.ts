/** What is served to whoever is not signed in: how to do that. */
import type { Exchange } from '../http/exchange';

export interface OpenRoute {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly serve: (exchange: Exchange, query: URLSearchParams) => Promise<void>;
}
