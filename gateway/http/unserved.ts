/** What is said about a path at which nothing is served: what is too much in it, or that it is not offered, by name. */
import { GatewayError } from '../errors';
import { cut } from '../model/cut';
import { sanitize } from '../providers/sanitize';
import { dialectOf, isAdminPath } from '../routes';
import { UNOFFERED_ADMINISTRATION, UNOFFERED_CALLS, unofferedAt, type Unoffered } from '../errors/unoffered';

/** Parts at a path's beginning that may be too much: a base URL has one or two. */
const MOST_PARTS = 4;
const LONGEST_SHOWN = 128;

export function unserved(path: string, isServed: (path: string) => boolean): GatewayError {
  if (isAdminPath(path)) return new GatewayError('route_on_admin_listener');
  const meant = meantPath(path, isServed);
  if (meant !== undefined) return misplaced(path, meant);
  const kind = unofferedAt(path, UNOFFERED_CALLS) ?? unofferedAt(path, UNOFFERED_ADMINISTRATION);
  return kind === undefined ? new GatewayError('route_unknown') : notOffered(kind);
}

export const notOffered = ({ what, instead }: Unoffered): GatewayError =>
  new GatewayError('not_offered', { message: `${what} are not offered by this gateway. ${instead}` });

/** The path without what a client's base URL had too much: `/v1` twice, a provider's name. */
function meantPath(path: string, isServed: (path: string) => boolean): string | undefined {
  let rest = path;
  for (let part = 0; part < MOST_PARTS; part += 1) {
    const next = rest.indexOf('/', 1);
    if (next === -1) return undefined;
    rest = rest.slice(next);
    if (isServed(rest)) return rest;
  }
  return undefined;
}

function misplaced(path: string, meant: string): GatewayError {
  const tooMuch = cut(sanitize(path.slice(0, path.length - meant.length)), LONGEST_SHOWN);
  const base =
    dialectOf(meant) === 'anthropic'
      ? "this gateway's address alone (ANTHROPIC_BASE_URL), without a path"
      : "this gateway's address with /v1 behind it, once";
  return new GatewayError('route_misplaced', {
    message: `There is nothing at this path: it is ${meant} with ${tooMuch} before it. Set the client's base URL to ${base}.`,
  });
}
