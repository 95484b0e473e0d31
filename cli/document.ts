import { InvalidArgumentError, type Command } from 'commander';
import { environmentNotes, GATEWAY_EXITS } from '../administration/about';
import type { SessionWords } from '../administration/session';
import { withPages, type PageWords } from '../administration/pages';
import type * as Document from '../release/document/document';
import type { PublishWords, TakeBackWords } from '../release/document/document';
import type * as Litellm from '../release/litellm/import-config';
import type { ImportLitellmWords } from '../release/litellm/import-config';
import { does, newCommand, newGroup, numberBetween } from '../terminal/command';
import { withFormats } from '../terminal/output';
import { withPlatform } from './platform-options';

const room = (): typeof Document => require('../release/document/document') as typeof Document;

export const document = (): Command =>
  newGroup(
    'document',
    {
      summary: "Publish the gateway's document: models, prices, policy",
      description:
        "The gateway's document: models, prices, policy. What is published holds in every process of the gateway within " +
        'seconds; what held before is kept.',
      examples: [
        'document publish',
        'document publish --note "less for agents" --yes',
        'document take-back',
        'document list',
      ],
      notes: environmentNotes,
    },
    [publish(), takeBack(), list(), show(), importLitellm()],
  );

const number = (text: string): number => {
  const value = numberBetween(1, Number.MAX_SAFE_INTEGER, true)(text);
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('It must be a number of the list.');
  return value;
};

const withConsent = (command: Command): Command =>
  withPlatform(command)
    .option('--note <words>', 'why, for whoever reads the list')
    .option('-y, --yes', 'do not ask')
    .option('--dry-run', 'say what would change, and end')
    .option('--json', 'for a program: what changes, and what came of it');

const publish = (): Command =>
  does<PublishWords>(
    withConsent(
      newCommand('publish', {
        summary: 'Put what catalog and policy say now in force',
        description:
          'Synthesizes catalog and policy as they are now (or takes a file), says what that would change and for whom, asks, ' +
          'and puts it in force. Refused when somebody else has published in the meantime.',
        examples: [
          'document publish',
          'document publish cdktf.out/gateway/config.json --dry-run',
          'document publish --note "less for agents" --yes',
        ],
        exits: { ...GATEWAY_EXITS, 1: 'failed, or nobody agreed' },
      })
        .argument('[file]', 'a document as synth writes it (default: what is synthesized now)')
        .option('--template <name>', 'a template that has catalog and policy of its own'),
    ),
    ([file], words) => room().publish(file, words),
  );

const takeBack = (): Command =>
  does<TakeBackWords>(
    withConsent(
      newCommand('take-back', {
        summary: 'Put the former document in force again',
        examples: ['document take-back', 'document take-back 12 --yes'],
        exits: { ...GATEWAY_EXITS, 1: 'failed, or nobody agreed' },
      }).argument('[number]', 'of the list (default: the one before that in force)', number),
    ),
    ([id], words) => room().takeBack(id as number | undefined, words),
  );

const list = (): Command =>
  does<PageWords & SessionWords>(
    withPlatform(
      withPages(
        withFormats(
          newCommand('list', {
            summary: 'List what was published, newest first',
            examples: ['document list'],
            exits: GATEWAY_EXITS,
          }),
        ),
        50,
      ),
    ),
    (_, words) => room().list(words),
  );

const show = (): Command =>
  does<SessionWords>(
    withPlatform(
      newCommand('show', {
        summary: 'Show the document in force, or a former one, as JSON',
        examples: ['document show', 'document show 12'],
        exits: GATEWAY_EXITS,
      }),
    ).argument('[number]', 'of the list (default: the one in force)', number),
    ([id], words) => room().show(id as number | undefined, words),
  );

const importLitellm = (): Command =>
  does<ImportLitellmWords>(
    newCommand('import-litellm', {
      summary: "Make catalog and policy from LiteLLM's configuration file",
      description:
        "Makes a catalog and a policy, as TypeScript to review, from LiteLLM's config.yaml: models, prices, aliases, " +
        'fallbacks between deployments of one model, budgets of new keys. Says which variables to set, and what could ' +
        'not be carried over and why. Copies no secret, asks no gateway, and puts nothing in force.',
      examples: [
        'document import-litellm config.yaml',
        'document import-litellm config.yaml --output src/from-litellm.ts',
      ],
      exits: { 6: 'done, and something was left out' },
    })
      .argument('<file>', "LiteLLM's config.yaml")
      .option('--output <file>', 'TypeScript file to write (default: to stdout)'),
    ([file = ''], words) =>
      (require('../release/litellm/import-config') as typeof Litellm).importLitellm(file, words),
  );
