import type { BentProvider } from '../../../standins/openid/bent-provider';
import type { Entrance } from './terms';

/** Begins and comes back at once with a code, as if the provider had signed somebody in. */
export async function comeBack(
  gateway: Entrance,
  provider: BentProvider,
): Promise<{ readonly callback: URL; readonly state: string }> {
  const { location, state } = await gateway.begin({ returnTo: '/ui' });
  const asked = new URL(location).searchParams;
  provider.nonce = asked.get('nonce') ?? '';
  const callback = new URL(asked.get('redirect_uri') ?? '');
  callback.search = new URLSearchParams({ code: 'a-code', state: asked.get('state') ?? '' }).toString();
  return { callback, state };
}

export async function signIn(gateway: Entrance, provider: BentProvider) {
  const { callback, state } = await comeBack(gateway, provider);
  return gateway.finish(callback, state);
}
