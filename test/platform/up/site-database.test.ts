import { checkDatabase } from '../../../platform/site-database';
import { startStore, type TestStore } from '../../gateway/support/store';

let store: TestStore;
beforeAll(async () => (store = await startStore()));
afterAll(() => store.remove());

test('its owner may make tables; who may not is told what to do', async () => {
  await expect(checkDatabase('GATEWAY_DATABASE_URL', store.url)).resolves.toBeUndefined();
  // In a schema that is not its own, as a user without rights finds every one.
  const elsewhere = `${store.url}&options=${encodeURIComponent('-c search_path=information_schema')}`;
  await expect(checkDatabase('GATEWAY_DATABASE_URL', elsewhere)).rejects.toThrow(
    /^GATEWAY_DATABASE_URL: its user may not make tables at \S+: make it the owner of its database \(alter database … owner to …\)\.$/,
  );
});
