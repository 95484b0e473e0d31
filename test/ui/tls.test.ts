/** The dashboard over TLS, as a browser keeps its cookie there. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureCertificates } from '../../certificates/ensure';
import { platformNames } from '../../certificates/names';
import { MASTER_KEY, startTestGateway } from '../gateway/support/gateway';
import { openTab, startBrowser, withChromium } from './browser';

withChromium('in Chromium, by https', () => {
  test('the cookie is one that no other host can set and no clear connection carries', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ui-tls-'));
    const { gateway: files } = ensureCertificates({ folder, names: platformNames({}) });
    const gateway = await startTestGateway({
      env: { GATEWAY_TLS_CERT: files.certificate, GATEWAY_TLS_KEY: files.key },
    });
    const browser = await startBrowser();
    try {
      // Whether the machine trusts the authority is not what this is about.
      const { page, complaints } = await openTab(browser, gateway.adminUrl, { ignoreHTTPSErrors: true });
      await page.goto('/ui/keys');
      await page.getByLabel('Master key or admin key').fill(MASTER_KEY);
      await page.keyboard.press('Enter');
      await page.getByRole('button', { name: 'Sign out' }).waitFor();
      expect(page.url()).toBe(`${gateway.adminUrl}/ui/keys`);
      expect(await page.context().cookies()).toMatchObject([
        {
          name: '__Host-dashboard',
          httpOnly: true,
          secure: true,
          sameSite: 'Strict',
          path: '/',
          expires: -1,
        },
      ]);
      await page.getByRole('button', { name: 'Sign out' }).click();
      await page.getByText('You are signed out').waitFor();
      expect(await page.context().cookies()).toEqual([]);
      expect(complaints).toEqual([]);
    } finally {
      await browser.close();
      await gateway.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
