/** What checks need, and what is said where it is not there. */
import type { Facts } from './facts';
import type { Need } from './finding';

type Look = (facts: Facts) => Promise<string | undefined> | string | undefined;

const whyNot = async (
  work: Promise<unknown>,
  what: (reason: string) => string,
): Promise<string | undefined> =>
  work.then(
    () => undefined,
    (thrown: unknown) => what((thrown as Error).message.replace(/\.$/, '')),
  );

/** @returns why it is not there */
export const NEEDS: Readonly<Record<Need, Look>> = {
  gateway: (facts) => whyNot(facts.state(), (reason) => `the gateway does not say how it is: ${reason}`),
  data: ({ site }) =>
    site.data === undefined
      ? 'the data port is published to workspaces only: --data-url names a way to it'
      : undefined,
  platform: ({ site }) =>
    site.platform === undefined ? 'there is no platform that "up" has made in the folder' : undefined,
  engine: (facts) => whyNot(facts.engine(), (reason) => reason),
  coder: async (facts) =>
    facts.site.coder !== undefined || (await facts.state()).state.coder.url !== null
      ? undefined
      : 'the gateway knows no Coder (CODER_URL), and none is named (--coder-url)',
  completions: ({ words }) =>
    words.completions === true ? undefined : 'it costs tokens, and is done with --completions only',
};
