import type { Provider } from '../../gateway/providers/provider';
import { say } from '../standins/anthropic';
import { startTestGateway, type TestGateway } from './support/gateway';
import type { PolicyFile } from './support/policy-file';
import { asked, FIRST, twoDeployments } from './support/two-deployments';

const FAULT = 'what nobody thought of';

describe('a fault of the gateway in the middle of an answer', () => {
  let policy: PolicyFile;
  let gateway: TestGateway;
  let key: string;
  /** Texts of the answer that are passed on before the fault. */
  let textsBefore: number;

  beforeAll(async () => {
    policy = await twoDeployments();
    gateway = await startTestGateway({ env: policy.env, limits: { coolDownMs: 600_000 } });
    key = await gateway.workspaceKey();
    const providers = gateway.gateway.services.providers as Map<string, Provider>;
    const provider = providers.get('anthropic');
    if (provider === undefined) throw new Error('no provider');
    providers.set('anthropic', {
      ...provider,
      readAnswer() {
        throw new TypeError(FAULT);
      },
      eventReader(listener) {
        let texts = 0;
        return provider.eventReader((event) => {
          if (event.type === 'text' && (texts += 1) > textsBefore) throw new TypeError(FAULT);
          listener(event);
        });
      },
    });
  });
  afterAll(async () => {
    await gateway.close();
    await policy.remove();
  });
  beforeEach(async () => {
    textsBefore = 0;
    gateway.standin.reset();
    gateway.standin.answer(say('one ', 'two ', 'three'));
    await gateway.clearLedger();
  });

  const ask = (stream: boolean) =>
    gateway.chat(key, { stream, max_tokens: 100, messages: [{ role: 'user', content: 'hi' }] });
  const faultsLogged = () => gateway.logs.filter((line) => line.includes(FAULT) && line.includes('"stack"'));
  /** That it was no fault of the deployment's: neither now nor by the next call is another one asked. */
  const expectNoBlame = async () => {
    await ask(true);
    expect(asked(gateway)).toEqual([FIRST, FIRST]);
    expect(gateway.logs.join('')).not.toContain('deployment failed');
  };

  test.each([
    ['streamed', true],
    ['whole', false],
  ])('%s: is its own error, told in full to the log alone', async (_, stream) => {
    const before = faultsLogged().length;
    const answer = await ask(stream);
    expect(answer.status).toBe(500);
    expect(answer.json.error).toMatchObject({ type: 'internal_error', code: '500' });
    expect(answer.text).not.toContain(FAULT);
    expect(faultsLogged()).toHaveLength(before + 1);
    // The provider bills what it has answered.
    expect(await gateway.ledger(1)).toMatchObject([{ status: 500, error_type: 'internal_error' }]);
    await expectNoBlame();
  });

  test('behind the first content: ends the stream with an error, and is booked at its worst', async () => {
    textsBefore = 1;
    const answer = await ask(true);
    expect(answer.status).toBe(200);
    expect(answer.text).toContain('"internal_error"');
    expect(answer.text).not.toContain('[DONE]');
    expect(answer.text).not.toContain('two');
    const [call] = await gateway.ledger(1);
    expect(call).toMatchObject({ status: 500, error_type: 'internal_error', estimated: true });
    await expectNoBlame();
  });
});
