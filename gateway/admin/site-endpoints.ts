/** What the gateway knows of its own state and of what it stands on: facts, by which `doctor` judges. Costs nothing. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isLevel, LEVELS } from '../../src/levels';
import { namesOf } from '../config/retirement';
import { endpoint } from './endpoint';
import { anything, answer, flag, freeObject, input, listOf, orNull, string } from './json-schema';
import { coderState } from './site/coder-state';
import { deploymentStates } from './site/deployment-states';
import { secretFindings } from './site/secret-findings';
import { storeState } from './site/store-state';

const VERSION = versionOf(join(__dirname, '..', '..', 'package.json'));

function versionOf(file: string): string {
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
  } catch {
    // Of an image that holds the program alone.
    return 'unknown';
  }
}

const STARTED = new Date();

export const state = endpoint({
  method: 'GET',
  paths: ['/site/state'],
  tag: 'site',
  summary:
    'How gateway, store and Coder are: versions, clocks, sizes and growth, the last backup, the last look at Coder, and what is wrong with secrets (never one of them).',
  role: 'viewer',
  input: input({}),
  answer: answer({
    at: string,
    gateway: freeObject,
    levels: listOf(answer({ level: string, in_force: flag })),
    secrets: listOf(answer({ variable: string, says: string, severity: string })),
    store: freeObject,
    coder: freeObject,
    document: freeObject,
  }),
  async handle({ services }) {
    const { settings, documents, prompts, now } = services;
    const { document } = documents.current;
    const [store, coder] = await Promise.all([storeState(services), coderState(services)]);
    return {
      at: now().toISOString(),
      gateway: {
        version: VERSION,
        node: process.versions.node,
        started_at: STARTED.toISOString(),
        host: settings.host,
        admin_host: settings.adminHost,
        speaks_tls: settings.tlsCert !== undefined,
      },
      levels: LEVELS.filter(isLevel).map((level) => ({
        level,
        in_force: prompts.textOf(level) !== undefined,
      })),
      secrets: secretFindings(settings),
      store,
      coder,
      document: {
        origin: documents.origin.kind,
        priced_on: document.priced_on,
        models: document.models.map((model) => ({ name: model.name, names: namesOf(model) })),
      },
    };
  },
});

export const deployments = endpoint({
  method: 'GET',
  paths: ['/site/deployments'],
  tag: 'site',
  summary: 'Whether each deployment of each model answers, by questions that providers do not charge for.',
  role: 'viewer',
  input: input({}),
  answer: answer({
    deployments: listOf(
      answer({
        model: string,
        provider: string,
        id: string,
        state: string,
        says: orNull(string),
        is_paused: flag,
        retires_on: anything,
      }),
    ),
  }),
  handle: async ({ services }) => ({ deployments: await deploymentStates(services) }),
});
