/** Signs the person in whom the provider that is set says, as a gateway does; prints who it is. */
import { readSettings } from '../../../../gateway/config/environment';
import { createLogger } from '../../../../gateway/log';
import { createOpenId } from '../../../../gateway/ui/openid/openid';

async function main(): Promise<void> {
  const openId = createOpenId(readSettings(process.env), createLogger('error'), () => new Date());
  if (openId === undefined) throw new Error('nothing is set');
  const { location, state } = await openId.begin({ returnTo: '/ui/keys' });
  const asked = new URL(location).searchParams;
  // Whoever started it is the provider, which has to know the nonce.
  process.send?.({ nonce: asked.get('nonce') });
  await new Promise((resolve) => process.once('message', resolve));
  const callback = new URL(asked.get('redirect_uri') ?? '');
  callback.search = new URLSearchParams({ code: 'a-code', state: asked.get('state') ?? '' }).toString();
  process.send?.({ person: await openId.finish(callback, state) });
  process.disconnect();
}

void main();
